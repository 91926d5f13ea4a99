/** Where notices arrive: a mail server and the webhook of the shop, with the settings that name them, and a file of master keys. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startMailSink } from '../support/mail-sink.js';
import { testSecrets } from '../support/secrets.js';
import { startWebhookReceiver } from '../support/webhook-receiver.js';
import { shop } from './clients-under-kills.js';
import type { Arrived } from './judge.js';

export interface Outlets {
  settings: Record<string, string>;
  /** The file of master keys. */
  masterKeys: string;
  arrived: Arrived;
  close(): Promise<void>;
}

export async function openOutlets(folder: string): Promise<Outlets> {
  const sink = await startMailSink();
  const receiver = await startWebhookReceiver();
  const secret = Buffer.alloc(24, 9).toString('base64');
  const [webhooks, masterKeys] = ['webhooks.json', 'master-keys.json'].map((name) => join(folder, name)) as [
    string,
    string,
  ];
  writeFileSync(webhooks, JSON.stringify({ [shop]: { url: receiver.url, secret } }));
  writeFileSync(masterKeys, JSON.stringify({ 1: testSecrets.masterKey.toString('base64') }), { mode: 0o600 });
  return {
    settings: {
      TRACEWRIGHT_MASTER_KEYS_FILE: masterKeys,
      TRACEWRIGHT_SMTP_URL: sink.url,
      TRACEWRIGHT_MAIL_FROM: 'recalls@service.example',
      TRACEWRIGHT_WEBHOOKS_FILE: webhooks,
      TRACEWRIGHT_WEBHOOK_PRIVATE: 'true',
    },
    masterKeys,
    arrived: { mails: sink.mails, hooks: receiver.hooks },
    async close() {
      await sink.close();
      await receiver.close();
    },
  };
}
