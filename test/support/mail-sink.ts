/** A real SMTP server that keeps what it is given. */
import { SMTPServer } from 'smtp-server';

export interface Mail {
  to: string[];
  /** Headers by lower-case name, unfolded. */
  headers: Record<string, string>;
  raw: string;
}

export interface MailSink {
  url: string;
  mails: Mail[];
  /** Called before a message is accepted; an answer of 400 or more refuses it. */
  onMessage: (mail: Mail) => number | null;
  close(): Promise<void>;
}

export async function startMailSink(): Promise<MailSink> {
  const sink: MailSink = { url: '', mails: [], onMessage: () => null, close: async () => {} };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        const mail: Mail = {
          to: session.envelope.rcptTo.map(({ address }) => address),
          headers: headersOf(raw),
          raw,
        };
        const code = sink.onMessage(mail);
        if (code !== null)
          return done(Object.assign(new Error(`no <${mail.to[0]}>`), { responseCode: code }));
        sink.mails.push(mail);
        done();
      });
    },
  });
  server.on('error', () => {}); // a client that was killed
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      resolve((listening.address() as { port: number }).port);
    });
  });
  sink.url = `smtp://127.0.0.1:${port}`;
  sink.close = () => new Promise((resolve) => server.close(() => resolve()));
  return sink;
}

function headersOf(raw: string): Record<string, string> {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  return Object.fromEntries(
    head.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
