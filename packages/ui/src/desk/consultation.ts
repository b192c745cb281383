import { html, nothing, type TemplateResult } from 'lit';
import { ArrowRightLeft, CirclePause, Undo2 } from 'lucide';
import '../call/call-view.ts';
import { avatar, initialsOf } from '../parts/avatar.ts';
import { button } from '../parts/button.ts';
import { consultationStyles } from './consultation.styles.ts';
import { DeskPart } from './desk-part.ts';
import { fullName } from './names.ts';
import { transferForm } from './transfer-form.ts';

/** The patient who is called, or with the doctor. */
export class Consultation extends DeskPart {
  static override styles = [...DeskPart.styles, consultationStyles];

  override render(): TemplateResult | typeof nothing {
    const { t } = this;
    const { current, connection } = this.state;
    if (current === null) return nothing;
    const name = this.nameOf(current.patient);
    if (current.phase === 'calling') {
      return html`<section class="card calling" aria-label=${t.calling(name)}>
        ${avatar(initialsOf(fullName(current.patient)))}
        <div role="status"><h2>${t.calling(name)}</h2></div>
        ${button({ label: t.stopCalling, act: () => this.do((desk) => desk.cancel()) })}
      </section>`;
    }
    const { roomId } = current;
    return html`<section class="call" aria-label=${t.with(name)}>
      <div class="heading">
        <h2>${t.with(name)}</h2>
        <div>
          ${button({ label: t.hold, icon: CirclePause, act: () => this.do((desk) => desk.hold()) })}
          ${button({ label: t.giveBack, icon: Undo2, act: () => this.do((desk) => desk.returnToQueue()) })}
          ${button({
            label: t.transfer,
            icon: ArrowRightLeft,
            expanded: this._dialog === 'transfer',
            act: () => this.toggle('transfer'),
          })}
        </div>
      </div>
      ${
        this._dialog === 'transfer'
          ? transferForm(t, this.practices, (to) => this.do((desk) => desk.transfer(roomId, to)))
          : nothing
      }
      <call-view
        lang=${this.language}
        .call=${this.desk.call}
        .connection=${connection}
        ?discreet=${!this.preferences.names}
        @leave=${() => this.do((desk) => desk.end())}
      ></call-view>
    </section>`;
  }
}

customElements.define('desk-consultation', Consultation);
