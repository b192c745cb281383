import type { WaitingPatient } from '@telemedicine-signaling/client';
import {
  BellOff,
  Check,
  Hourglass,
  type IconNode,
  MicOff,
  PhoneCall,
  ShieldAlert,
  Siren,
  Volume2,
  WifiOff,
} from 'lucide';
import type { deskTexts } from '../texts/desk.ts';
import type { Say } from '../texts/say.ts';

interface Mark {
  tone: 'calm' | 'alert' | 'wrong';
  icon: IconNode;
  text: string;
}

/** What a doctor wants to know of a patient at a glance, the most important first (SPEC UI-21). */
export function marksOf(patient: WaitingPatient, t: (typeof deskTexts)['en'], say: Say): Mark[] {
  const marks: Mark[] = [];
  if (patient.urgent) marks.push({ tone: 'wrong', icon: Siren, text: t.urgent });
  if (!patient.connected) marks.push({ tone: 'alert', icon: WifiOff, text: t.away });
  if (patient.state === 'knocking') {
    marks.push({ tone: 'calm', icon: PhoneCall, text: t.beingCalled });
  }
  marks.push(readiness(patient, t));
  if (patient.ready?.relay === false) {
    marks.push({ tone: 'alert', icon: ShieldAlert, text: t.noRelay });
  }
  if (patient.unansweredKnocks > 0) {
    const text = t.unanswered(say, patient.unansweredKnocks);
    marks.push({ tone: 'alert', icon: BellOff, text });
  }
  return marks;
}

function readiness({ ready }: WaitingPatient, t: (typeof deskTexts)['en']): Mark {
  if (ready === undefined) return { tone: 'calm', icon: Hourglass, text: t.checking };
  if (!ready.microphone) return { tone: 'wrong', icon: MicOff, text: t.notReady };
  if (!ready.camera) return { tone: 'calm', icon: Volume2, text: t.soundReady };
  return { tone: 'calm', icon: Check, text: t.ready };
}
