/** hls.js has no types of its own for the build without captions, encryption and alternate sound. */
declare module "hls.js/light" {
  export { default } from "hls.js";
}
