/** What our tests use of jsdom: its own types bring the browser's globals, which shadow those of Node. */
declare module 'jsdom' {
  interface Node {
    readonly lang: string;
    readonly textContent: string | null;
    getAttribute(name: string): string | null;
    querySelector(selector: string): Node | null;
    querySelectorAll(selector: string): Iterable<Node>;
  }
  export class JSDOM {
    constructor(html: string, options?: { runScripts?: 'outside-only'; pretendToBeVisual?: boolean });
    readonly window: {
      readonly document: Node & { readonly documentElement: Node };
      eval(script: string): void;
      /** Of axe-core, once it ran. */
      readonly axe: {
        run(document: Node, options: object): Promise<{ violations: { id: string }[] }>;
      };
    };
  }
}
