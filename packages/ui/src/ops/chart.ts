import { html, svg, type TemplateResult } from 'lit';

const WIDTH = 240;
const HEIGHT = 48;

/** The last hour as bars, one a minute; the newest is on the right. `name` and the figures are read out. */
export function chart(name: string, values: readonly number[], unit: string): TemplateResult {
  const most = Math.max(0, ...values);
  const step = WIDTH / 60;
  const bars = values.map((value, index) => {
    const height = most === 0 ? 0 : (value / most) * HEIGHT;
    const x = WIDTH - (values.length - index) * step;
    return svg`<rect x=${x} y=${HEIGHT - height} width=${step - 1} height=${height} />`;
  });
  const latest = values.at(-1) ?? 0;
  return html`<figure>
    <figcaption><span>${name}</span> <strong>${latest}</strong></figcaption>
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label="${name} in the last hour: ${latest} ${unit} now, at most ${most}"
    >${bars}</svg>
    <p class="quiet">last hour, at most ${most}</p>
  </figure>`;
}
