/** What the server says in English, in German: whole sentences first, else by `code.field`, else by `code`. */
import sentences from "../../../words/de-served.json";

export const served: Readonly<Record<string, string>> = {
  ...sentences,

  "conflict.email": "Mit dieser E-Mail-Adresse gibt es schon ein Konto.",
  "conflict.username": "Dieser Name ist vergeben. Wähle einen anderen.",
  "conflict.name": "Diesen Namen gibt es schon. Wähle einen anderen.",
  "invalid_input.email": "Diese E-Mail-Adresse geht nicht. Prüfe, ob sie stimmt.",
  "invalid_input.username": "Dieser Name geht nicht. Nimm 3 bis 32 Buchstaben, Ziffern oder Bindestriche.",
  "invalid_input.password": "Dieses Passwort geht nicht. Nimm mindestens 8 Zeichen, die niemand errät.",
  "invalid_input.title": "Dieser Titel geht nicht. Er braucht 1 bis 200 Zeichen.",
  "invalid_input.name": "Dieser Name geht nicht. Er ist leer oder zu lang.",
  "invalid_input.description": "Diese Beschreibung ist zu lang.",
  "invalid_input.expires_in_days": "Diese Frist geht nicht. Wähle eine andere.",

  not_signed_in: "Melde dich noch einmal an.",
  wrong_credentials: "Der Name oder das Passwort stimmt nicht.",
  not_allowed: "Das darfst du nicht ändern.",
  not_found: "Das gibt es nicht mehr.",
  file_too_large: "Diese Datei ist größer, als dieser Server annimmt.",
  quota_exceeded: "Das ist mehr, als du diese Woche noch hochladen darfst.",
  unsupported_media: "Diese Datei ist kein Video, das hier angenommen wird.",
  out_of_space: "Der Server hat keinen Platz mehr. Sag der Person Bescheid, die ihn betreibt.",
  upload_locked: "In diesen Upload wird gerade geschrieben. Versuche es gleich noch einmal.",
  too_many_requests: "Zu viele Versuche. Warte ein wenig und versuche es dann noch einmal.",
  unavailable: "Der Server ist gerade beschäftigt. Versuche es gleich noch einmal.",
  invitation_unusable: "Diese Einladung gilt nicht mehr. Bitte um eine neue.",
  link_unusable: "Dieser Link gilt nicht mehr. Bitte um einen neuen.",
  video_not_ready: "Dieses Video wird noch vorbereitet.",
  internal_error: "In Clipset selbst ist etwas schiefgegangen. Versuche es gleich noch einmal.",
};
