/** Notices as e-mail. The Message-ID follows from the notice's key: a letter sent twice is one letter to whoever receives it. */
import { createTransport } from 'nodemailer';
import { type Attempt, failed, retry } from './attempt.js';
import type { WrittenNotice } from './render-notice.js';

export interface MailConfig {
  smtpUrl: string;
  /** Address that notices come from. */
  from: string;
}

export interface Letter extends WrittenNotice {
  key: string;
  /** Addresses of one recipient. */
  to: string[];
  senderName: string;
  replyTo: string | null;
  language: string;
}

export interface Mailer {
  send(letter: Letter): Promise<Attempt>;
  close(): void;
}

const CONNECTIONS_MAX = 2;
const TIMEOUT_MS = 30_000;

export function createMailer({ smtpUrl, from }: MailConfig): Mailer {
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: CONNECTIONS_MAX,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    async send({ key, to, senderName, replyTo, language, subject, text, html }) {
      try {
        await transport.sendMail({
          messageId: `<${key}@${domain}>`,
          from: { name: senderName, address: from },
          to: to.map((address) => ({ name: '', address })),
          ...(replyTo !== null && { replyTo: { name: senderName, address: replyTo } }),
          subject,
          text,
          html,
          headers: { 'auto-submitted': 'auto-generated', 'content-language': language },
        });
        return { state: 'SENT', reason: null };
      } catch (error) {
        return attemptOf(error as MailError);
      }
    },
    close: () => transport.close(),
  };
}

interface MailError extends Error {
  code?: string;
  responseCode?: number;
}

/** The server's own words may repeat the address: only its code is told. */
function attemptOf({ code, responseCode }: MailError): Attempt {
  const reason = responseCode === undefined ? `mail: ${code ?? 'failed'}` : `mail: SMTP ${responseCode}`;
  // RFC 5321, 4.2.1: 5yz is a permanent answer; a wrong login (EAUTH) is ours to mend, so it is tried again
  const isPermanent =
    code !== 'EAUTH' && ((responseCode ?? 0) >= 500 || (code === 'EENVELOPE' && responseCode === undefined));
  return isPermanent ? failed(reason) : retry(reason);
}
