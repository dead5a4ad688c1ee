#!/usr/bin/env python3
"""Motion detection as others do it, on the very frames that Tyto samples: five a second, gray.

usage: opencv.py METHOD[,METHOD...] CLIP     -> JSON lines {"method", "t": seconds, "boxes": [[x, y, w, h], ...]}

Boxes are fractions of the picture. Needs ffmpeg and OpenCV for Python (Debian: python3-opencv).
"""
import json
import subprocess
import sys

import cv2
import numpy as np

FPS = 5
WIDTH = 320
# Of OpenCV's own models and the running mean: what a mask must hold to be a thing, as a share of the picture.
LEAST_AREA = 0.001
SQUARE = {size: cv2.getStructuringElement(cv2.MORPH_RECT, (size, size)) for size in (3, 5)}


def boxes_of(mask, least_area):
    """Rectangles around the connected parts of a mask that cover at least `least_area` pixels."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return [cv2.boundingRect(contour) for contour in contours if cv2.contourArea(contour) >= least_area]


def cleaned(mask):
    """Single pixels go, what is near each other becomes one."""
    return cv2.dilate(cv2.morphologyEx(mask, cv2.MORPH_OPEN, SQUARE[3]), SQUARE[3], iterations=2)


class Subtractor:
    """One of OpenCV's background subtractors with its defaults, shadows off."""

    def __init__(self, model):
        self.model = model

    def look(self, frame):
        return boxes_of(cleaned(self.model.apply(frame)), LEAST_AREA * frame.size)


class RunningMean:
    """Mean of about the last 10 s; what differs by more than 25 of 255 is foreground."""

    def __init__(self):
        self.mean = None

    def look(self, frame):
        if self.mean is None:
            self.mean = frame.astype(np.float32)
        different = cv2.absdiff(frame, cv2.convertScaleAbs(self.mean))
        cv2.accumulateWeighted(frame, self.mean, 0.02)
        mask = cv2.threshold(different, 25, 255, cv2.THRESH_BINARY)[1]
        return boxes_of(cleaned(mask), LEAST_AREA * frame.size)


class ThreeFrames:
    """
    As Kerberos.io's machinery decides by default: a picture 640 wide; what differs from both of the two frames before by
    more than 15, worn down by 5x5; 20 pixels of it in two frames running are motion; one box around all, 10 pixels wider.
    """

    def __init__(self):
        self.before = []
        self.hits = 0

    def look(self, frame):
        frame = cv2.resize(frame, (640, round(640 * frame.shape[0] / frame.shape[1])))
        before, self.before = self.before, (self.before + [frame])[-2:]
        if len(before) < 2:
            return []
        both = cv2.bitwise_and(cv2.absdiff(before[0], frame), cv2.absdiff(before[1], frame))
        changed = cv2.erode(cv2.threshold(both, 15, 255, cv2.THRESH_BINARY)[1], SQUARE[5])
        self.hits = self.hits + 1 if cv2.countNonZero(changed) >= 20 else 0
        if self.hits < 2:
            return []
        x, y, width, height = cv2.boundingRect(changed)
        return [scaled((x - 10, y - 10, width + 20, height + 20), 320 / 640)]


class Frigate:
    """
    Frigate's motion detector with its defaults, written anew from what it does: 100 pixels high by nearest neighbour,
    contrast stretched between the 4th and 96th percentile (averaged over 50 frames), blurred; what differs by 30 from the
    slow average (1 % a frame, 20 % while it calibrates), dilated, in contours of more than 10 pixels. It calibrates
    at first and after changes of more than 80 %, until less than 5 % and at most four contours change.
    """

    HEIGHT = 100

    def __init__(self):
        self.average = None
        self.ranges = []
        self.calibrating = True
        self.moving_frames = 0

    def look(self, frame):
        scale = frame.shape[0] / self.HEIGHT
        width = int(self.HEIGHT * frame.shape[1] / frame.shape[0])
        small = cv2.resize(frame, (width, self.HEIGHT), interpolation=cv2.INTER_NEAREST)
        small = cv2.GaussianBlur(self.stretched(small), (3, 3), 1)
        if self.average is None:
            self.average = np.zeros(small.shape, np.float32)
        different = cv2.absdiff(small, cv2.convertScaleAbs(self.average))
        mask = cv2.dilate(cv2.threshold(different, 30, 255, cv2.THRESH_BINARY)[1], None, iterations=1)
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        areas = [cv2.contourArea(contour) for contour in contours]
        boxes = [cv2.boundingRect(contour) for contour, area in zip(contours, areas) if area > 10]
        share = sum(areas) / small.size
        if share < 0.05 and len(boxes) <= 4:
            self.calibrating = False
        if share > 0.8:
            self.calibrating = True
        self.moving_frames = self.moving_frames + 1 if boxes else 0
        if not boxes or self.moving_frames >= 10:
            cv2.accumulateWeighted(small, self.average, 0.2 if self.calibrating else 0.01)
        return [scaled(box, scale) for box in boxes]

    def stretched(self, small):
        low, high = np.percentile(small, 4), np.percentile(small, 96)
        if low >= high:
            return small
        self.ranges = (self.ranges + [(low, high)])[-50:]
        known = self.ranges + [(0, 255)] * (50 - len(self.ranges))
        low, high = np.mean(known, axis=0)
        return ((np.clip(small, low, high) - low) / (high - low) * 255).astype(np.uint8)


def scaled(box, factor):
    return tuple(side * factor for side in box)


METHODS = {
    'mog2': lambda: Subtractor(cv2.createBackgroundSubtractorMOG2(detectShadows=False)),
    'knn': lambda: Subtractor(cv2.createBackgroundSubtractorKNN(detectShadows=False)),
    'mean': RunningMean,
    'kerberos': ThreeFrames,
    'frigate': Frigate,
}


def frames_of(clip):
    size = subprocess.run(
        ['ffprobe', '-v', 'error', '-select_streams', 'V:0', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', clip],
        check=True, capture_output=True, text=True).stdout.split(',')
    height = 2 * round(WIDTH * int(size[1]) / int(size[0]) / 2)
    ffmpeg = subprocess.Popen(
        ['ffmpeg', '-nostdin', '-v', 'error', '-threads', '1', '-filter_threads', '1', '-i', clip, '-map', '0:V:0', '-an', '-vf',
         f'setpts=PTS-STARTPTS,fps={FPS}:round=up,scale={WIDTH}:{height}:flags=area,format=gray',
         '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1'], stdout=subprocess.PIPE)
    while len(pixels := ffmpeg.stdout.read(WIDTH * height)) == WIDTH * height:
        yield np.frombuffer(pixels, np.uint8).reshape(height, WIDTH)
    if ffmpeg.wait() != 0:
        sys.exit(f'{clip} cannot be decoded')


def fractions(box, height):
    """Inside the picture, as the scorer expects it."""
    left, top = max(0, box[0] / WIDTH), max(0, box[1] / height)
    right, bottom = min(1, (box[0] + box[2]) / WIDTH), min(1, (box[1] + box[3]) / height)
    return [round(left, 4), round(top, 4), round(right - left, 4), round(bottom - top, 4)]


def main():
    cv2.setNumThreads(1)
    names, clip = sys.argv[1].split(','), sys.argv[2]
    methods = {name: METHODS[name]() for name in names}
    for number, frame in enumerate(frames_of(clip)):
        for name, method in methods.items():
            boxes = [fractions(box, frame.shape[0]) for box in method.look(frame)]
            print(json.dumps({'method': name, 't': number / FPS, 'boxes': boxes}))


main()
