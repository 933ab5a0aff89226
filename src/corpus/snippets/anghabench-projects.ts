/**
 * From a path of AnghaBench's files, as Jotai flattens them (`linuxdriversnetphyspi_ks8995.c`), to the project: the
 * slashes are gone, so the projects must be known. These are those of the leaf functions, the longer of two first.
 */

const PROJECTS = (
  'anypixel Arduino BGAQRCode-Android brotli ccv Craft curl darknet darwin-xnu disque emscripten FFmpeg ' +
  'git goaccess h2o hashcat How-to-Make-a-Computer-Operating-System ijkplayer japronto jq kcp kitty ' +
  'kphp-kdb lab libgit2 libsodium libui libuv linux lua-nginx-module macvim masscan memcached micropython ' +
  'mimikatz Mirai-Source-Code mongoose mpv netdata nginx nodemcu-firmware nuklear numpy obs-studio ' +
  'openpilot openssl os-tutorial php-src radare2 raspberry-pi-os reactos redis robotjs rufus scrcpy ' +
  'seafile skynet SoftEtherVPN sway tengine The-Art-Of-Programming-By-July the_silver_searcher tig ' +
  'timescaledb tmux torch7 toxcore twemproxy wcdb winfile wrk xhyve zstd stb'
)
  .split(' ')
  .sort((a, b) => b.length - a.length);

/** A path that begins with none of them is of an unknown project and stands for itself. */
export function projectOf(origin: string): string {
  const path = origin.replace(/^extr_/, '');
  // Linux has files stb0899_… of its own.
  return PROJECTS.find((project) => path.startsWith(project) && !/^stb\d/.test(path)) ?? path;
}
