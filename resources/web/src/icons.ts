/** The drawings from resources/icons that the client uses outside the player. */
import arrowUp from "../../icons/arrow-up.svg?raw";
import check from "../../icons/check.svg?raw";
import chevronDown from "../../icons/chevron-down.svg?raw";
import close from "../../icons/close.svg?raw";
import copy from "../../icons/copy.svg?raw";
import download from "../../icons/download.svg?raw";
import edit from "../../icons/edit.svg?raw";
import eye from "../../icons/eye.svg?raw";
import folder from "../../icons/folder.svg?raw";
import home from "../../icons/home.svg?raw";
import invite from "../../icons/invite.svg?raw";
import key from "../../icons/key.svg?raw";
import link from "../../icons/link.svg?raw";
import lock from "../../icons/lock.svg?raw";
import mark from "../../icons/mark.svg?raw";
import mine from "../../icons/mine.svg?raw";
import moon from "../../icons/moon.svg?raw";
import network from "../../icons/network.svg?raw";
import next from "../../icons/next.svg?raw";
import pause from "../../icons/pause.svg?raw";
import phone from "../../icons/phone.svg?raw";
import play from "../../icons/play.svg?raw";
import plus from "../../icons/plus.svg?raw";
import queue from "../../icons/queue.svg?raw";
import retry from "../../icons/retry.svg?raw";
import search from "../../icons/search.svg?raw";
import settings from "../../icons/settings.svg?raw";
import share from "../../icons/share.svg?raw";
import signOut from "../../icons/sign-out.svg?raw";
import sun from "../../icons/sun.svg?raw";
import system from "../../icons/system.svg?raw";
import trash from "../../icons/trash.svg?raw";
import upload from "../../icons/upload.svg?raw";
import user from "../../icons/user.svg?raw";
import video from "../../icons/video.svg?raw";
import warning from "../../icons/warning.svg?raw";

export const icons = {
  arrowUp,
  check,
  chevronDown,
  close,
  copy,
  download,
  edit,
  eye,
  folder,
  home,
  invite,
  key,
  link,
  lock,
  mark,
  mine,
  moon,
  network,
  next,
  pause,
  phone,
  play,
  plus,
  queue,
  retry,
  search,
  settings,
  share,
  signOut,
  sun,
  system,
  trash,
  upload,
  user,
  video,
  warning,
};

export type IconName = keyof typeof icons;
