/** An address as a QR code, always dark on light, which is what cameras read best. */
import { generate } from "lean-qr";

/** Modules of quiet around the code (ISO 18004 wants four). */
const QUIET = 4;

/** The dark modules as one path of unit squares, joined in rows. */
function pathOf(code: ReturnType<typeof generate>): string {
  const parts: string[] = [];
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) {
      if (!code.get(x, y)) continue;
      const from = x;
      while (code.get(x + 1, y)) x += 1;
      parts.push(`M${from} ${y}h${x - from + 1}v1h-${x - from + 1}z`);
    }
  }
  return parts.join("");
}

export function QrCode({ text, label }: { text: string; label: string }) {
  const code = generate(text);
  const side = code.size + 2 * QUIET;
  return (
    <svg class="qr" viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`} role="img" aria-label={label}>
      <path d={pathOf(code)} />
    </svg>
  );
}
