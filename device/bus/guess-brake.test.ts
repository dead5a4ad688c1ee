import assert from 'node:assert/strict';
import { millis } from '../core/units.ts';
import { GuessBrake } from './guess-brake.ts';

describe('the brake on guessing', () => {
  it('lets an address wait after a few wrong passwords, and no other; the right one ends it', () => {
    const brake = new GuessBrake();
    const may = (address: string, at: number): boolean => brake.mayTry(address, millis(at));
    for (let guess = 0; guess < 3; guess++) brake.wrong('192.0.2.9', millis(0));
    assert.equal(may('192.0.2.9', 0), true, 'whoever mistypes is not punished');
    for (let guess = 0; guess < 20; guess++) brake.wrong('192.0.2.9', millis(0));
    assert.deepEqual([may('192.0.2.9', 29_000), may('192.0.2.8', 0), may('192.0.2.9', 60_000)], [false, true, true]);
    brake.right('192.0.2.9');
    assert.equal(may('192.0.2.9', 0), true);
  });
});
