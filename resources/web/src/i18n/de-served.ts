/** What the server says in English, in German: whole sentences first, else by `code.field`, else by `code`. */
export const served: Readonly<Record<string, string>> = {
  "This file is not a video. Choose a video file.": "Diese Datei ist kein Video. Wähle eine Videodatei.",
  "This kind of video is not accepted here. Save it as MP4 and upload that.":
    "Diese Art von Video wird hier nicht angenommen. Speichere es als MP4 und lade das hoch.",
  "This file holds only sound. Choose one with a picture.":
    "In dieser Datei ist nur Ton. Wähle eine mit Bild.",
  "This file holds only subtitles. Choose one with a picture.":
    "In dieser Datei sind nur Untertitel. Wähle eine mit Bild.",
  "This file holds a single still picture. Choose a video.":
    "In dieser Datei ist nur ein einzelnes Bild. Wähle ein Video.",
  "This video is copy-protected and cannot be opened. Choose one without protection.":
    "Dieses Video ist kopiergeschützt und lässt sich nicht öffnen. Wähle eines ohne Schutz.",
  "No picture could be read from this file. See if it plays on your device, then try again.":
    "Aus dieser Datei ließ sich kein Bild lesen. Prüfe, ob sie auf deinem Gerät läuft, und versuche es noch einmal.",
  "A part of this file is missing. Copy it from the camera again and upload that.":
    "Ein Teil dieser Datei fehlt. Kopiere sie noch einmal von der Kamera und lade das hoch.",
  "This file is damaged and cannot be read. Copy it from where it was made and upload it again.":
    "Diese Datei ist beschädigt und lässt sich nicht lesen. Kopiere sie noch einmal von dort, wo sie entstand, und lade sie neu hoch.",
  "The picture of this video is too large. Save it with at most 8192 by 8192 pixels.":
    "Das Bild dieses Videos ist zu groß. Speichere es mit höchstens 8192 mal 8192 Punkten.",
  "This kind of recording is not known here. Save it as MP4 and upload that.":
    "Diese Art von Aufnahme ist hier nicht bekannt. Speichere sie als MP4 und lade das hoch.",
  "The server's disk is full. Ask the admin to make room, then try again.":
    "Der Server hat keinen Platz mehr. Bitte den Admin, Platz zu schaffen, und versuche es dann noch einmal.",
  "This video needs more memory than the server allows. Save it with a smaller picture.":
    "Dieses Video braucht mehr Speicher, als der Server erlaubt. Speichere es mit kleinerem Bild.",
  "This video could not be made ready. Try again, or save it as MP4 and upload that.":
    "Dieses Video ließ sich nicht vorbereiten. Versuche es noch einmal, oder speichere es als MP4 und lade das hoch.",
  "The current password is wrong.": "Das jetzige Passwort ist falsch.",
  "That is no e-mail address. It needs a name, an @ and a host.":
    "Das ist keine E-Mail-Adresse. Sie braucht einen Namen, ein @ und einen Anbieter.",
  "A name may have letters, digits, spaces, dots, hyphens and underscores.":
    "Ein Name darf Buchstaben, Ziffern, Leerzeichen, Punkte, Binde- und Unterstriche haben.",
  "The name or the password is wrong.": "Der Name oder das Passwort ist falsch.",
  "Give the video a title.": "Gib dem Video einen Titel.",
  "There is a category of that name.": "Eine Kategorie mit diesem Namen gibt es schon.",
  "This invitation is for another e-mail address.": "Diese Einladung gilt für eine andere E-Mail-Adresse.",
  "This is the only active admin. Make somebody else an admin first.":
    "Das ist der einzige aktive Admin. Mach erst jemand anderen zum Admin.",
  "This job has ended already.": "Diese Arbeit ist schon zu Ende.",
  "Only a failed or cancelled job can be tried again.":
    "Nur was gescheitert ist oder abgebrochen wurde, lässt sich noch einmal versuchen.",
  "This file is empty. Choose another one.": "Diese Datei ist leer. Wähle eine andere.",
  Cancelled: "Abgebrochen",
  "Cancelled.": "Abgebrochen.",

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
  wrong_credentials: "Der Name oder das Passwort ist falsch.",
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
