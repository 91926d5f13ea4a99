/** Numbers of any width in bits, read from and written to base64url. */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export class BitReader {
  private at = 0;
  private constructor(private readonly bits: string) {}

  /** `text` holds characters of base64url alone, without padding. */
  static ofBase64(text: string): BitReader {
    return new BitReader([...text].map((c) => alphabet.indexOf(c).toString(2).padStart(6, '0')).join(''));
  }

  get left(): number {
    return this.bits.length - this.at;
  }

  isRestZero(): boolean {
    return !this.bits.includes('1', this.at);
  }

  /** The next `width` bits as a number, null when fewer are left. */
  read(width: number): bigint | null {
    if (width > this.left) return null;
    const value = width === 0 ? 0n : BigInt(`0b${this.bits.slice(this.at, this.at + width)}`);
    this.at += width;
    return value;
  }

  /** The next hexadecimal digits. */
  hex(digits: number): string | null {
    const value = this.read(4 * digits);
    return value === null ? null : value.toString(16).toUpperCase().padStart(digits, '0');
  }
}

export class BitWriter {
  private bits = '';

  write(value: bigint, width: number): void {
    this.bits += value.toString(2).padStart(width, '0');
  }

  /** The last character is filled with zeros. */
  toBase64(): string {
    const filled = this.bits.padEnd(Math.ceil(this.bits.length / 6) * 6, '0');
    return filled.replace(/.{6}/g, (six) => alphabet.charAt(Number.parseInt(six, 2)));
  }
}
