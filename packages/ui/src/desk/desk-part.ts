import type {
  Desk,
  DeskState,
  SignalingError,
  WaitingPatient,
} from '@telemedicine-signaling/client';
import { Component } from '../component.ts';
import { avatarStyles } from '../parts/avatar.ts';
import { bannerStyles } from '../parts/banner.ts';
import { buttonStyles } from '../parts/button.ts';
import { fieldStyles } from '../parts/field.ts';
import { deskTexts } from '../texts/desk.ts';
import { deskPartStyles } from './desk-part.styles.ts';
import { shownName } from './names.ts';
import type { Preferences } from './preferences.ts';
import type { Practice } from './transfer-form.ts';

export type Dialog = 'settings' | 'message' | 'decline' | 'transfer';

/**
 * What the parts of an open desk have in common: the desk, what may be open in them, and `do`. What there
 * is to say of something that was done goes up as the event `said`.
 */
export class DeskPart extends Component {
  static override properties = {
    ...Component.properties,
    desk: { attribute: false },
    state: { attribute: false },
    preferences: { attribute: false },
    practices: { attribute: false },
    _dialog: { state: true },
  };

  static override styles = [
    ...Component.styles,
    buttonStyles,
    fieldStyles,
    bannerStyles,
    avatarStyles,
    deskPartStyles,
  ];

  declare desk: Desk;
  declare state: DeskState;
  declare preferences: Preferences;
  /** Where patients may be sent on to; empty if any practice will do. */
  declare practices: readonly Practice[];
  declare _dialog: Dialog | undefined;

  protected get t() {
    return deskTexts[this.language];
  }

  protected nameOf(patient: WaitingPatient): string {
    return shownName(patient, this.preferences.names);
  }

  protected toggle(dialog: Dialog): void {
    this._dialog = this._dialog === dialog ? undefined : dialog;
  }

  /** `done`: what to say when it has worked. */
  protected do(act: (desk: Desk) => Promise<void>, done = ''): void {
    this.#say('');
    act(this.desk).then(
      () => {
        this._dialog = undefined;
        this.#say(done);
      },
      (error: SignalingError) => this.#say(this.#trouble(error)),
    );
  }

  #trouble({ code }: SignalingError): string {
    const { t } = this;
    const known: Partial<Record<string, string>> = {
      'room-not-found': t.nobodyToCall,
      'already-claimed': t.taken,
      'namespace-not-found': t.noSuchPractice,
    };
    return known[code] ?? t.failed;
  }

  #say(text: string): void {
    this.dispatchEvent(new CustomEvent('said', { detail: text, bubbles: true, composed: true }));
  }
}
