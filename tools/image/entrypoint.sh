#!/bin/sh
# First process of the image (under tini): makes the hardware usable, gives up root, and becomes the device.
set -eu

# libcamera and USB cameras: without udev's notes about them, devices that are there are not found. Needs a privileged
# container, which is what balena runs a single one as; elsewhere the network cameras work all the same.
if [ -w /sys/class ] && [ ! -e /run/udev/control ]; then
  if /lib/systemd/systemd-udevd --daemon; then
    udevadm trigger --subsystem-match=media --subsystem-match=video4linux --subsystem-match=dma_heap || true
    udevadm settle --timeout=10 || true
  else
    echo 'tyto: udev does not start: a camera on the Raspberry Pi connector may not be found' >&2
  fi
fi

[ "$(id -u)" = 0 ] || exec "$@"

# The device runs as "node", with the cameras and pins as its own: not every one of them belongs to a group, and /dev
# is this container's alone.
for device in /dev/video* /dev/media* /dev/v4l-subdev* /dev/dma_heap/* /dev/gpiochip* /dev/gpiomem* /dev/vcio /dev/dri/*; do
  if [ -e "$device" ]; then chown node "$device" || true; fi
done
mkdir -p "$TYTO_DATA"
if [ "$(stat -c %U "$TYTO_DATA")" != node ]; then chown -R node:node "$TYTO_DATA"; fi
exec setpriv --reuid=node --regid=node --init-groups "$@"
