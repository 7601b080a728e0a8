# SPDX-License-Identifier: MIT
"""Groups of libmls and other libraries; see tests/interop/run."""

import argparse
import json
import os
import random
import shlex
import sys
import time

from listen import listen
from peer import Peer, Refused
from session import Disagreement, Session

SUITES = range(1, 8)


def read_suites(text):
    suites = []
    for part in text.split(','):
        first, _, last = part.partition('-')
        suites += range(int(first), int(last or first) + 1)
    return suites


def arguments():
    parser = argparse.ArgumentParser(prog='tests/interop/run')
    parser.add_argument('--peer', action='append', default=[],
                        metavar='NAME=COMMAND')
    parser.add_argument('--suites', type=read_suites, default=SUITES)
    parser.add_argument('--epochs', type=int, default=100)
    parser.add_argument('--size', type=int, default=8)
    parser.add_argument('--seed', type=int)
    parser.add_argument('--vectors', metavar='DIR')
    parser.add_argument('--skipped', type=int, default=0)
    return parser.parse_args()


class Tests:
    def __init__(self, skipped):
        self.passed = self.failed = 0
        self.skipped = skipped

    def run(self, title, function):
        begin = time.time()
        try:
            outcome = function()
            self.passed += 1
            verdict = 'ok'
        except (Disagreement, Refused) as error:
            outcome = error
            self.failed += 1
            verdict = 'not ok'
        print('%s - %s (%.0f s): %s'
              % (verdict, title, time.time() - begin, outcome), flush=True)

    def skip(self, title, why):
        self.skipped += 1
        print('ok - %s # SKIP %s' % (title, why))


def live(peers, suite, seed, options):
    # Each suite and each company has a history of its own.
    names = ' '.join(peer.name for peer in peers)
    session = Session(peers, suite, '%d %d %s' % (seed, suite, names),
                      options.size)
    try:
        for _ in range(options.epochs):
            session.step()
    except Exception:
        print('# epoch %d of seed %d' % (session.epoch, seed))
        raise
    session.close()
    return ', '.join('%d %s' % (n, what)
                     for what, n in sorted(session.stats.items()) if n)


def rows(peers, suite):
    """libmls with each of the others, and with all of them."""
    ours, *others = [p for p in peers if suite in p.suites]
    pairs = [[ours, other] for other in others]
    return pairs + ([[ours] + others] if len(others) > 1 else [])


def play(peers, options, tests):
    seed = options.seed
    if seed is None:
        seed = random.randrange(1 << 32)
    print('# --seed %d' % seed)
    for suite in options.suites:
        for other in peers:
            if suite not in other.suites:
                tests.skip('suite %d, %s' % (suite, other.name),
                           'it has no such suite')
        for row in rows(peers, suite):
            tests.run('suite %d, %s' % (suite, ', '.join(
                p.name for p in row)), lambda row=row, suite=suite: live(
                    row, suite, seed, options))


def gives_keys(peer):
    return 'init_priv' in peer.call('CreateKeyPackage', identity=b'nobody',
                                    cipher_suite=peer.suites[0])


def write_vectors(peers, options):
    """One file a peer; libmls listens where a peer keeps its keys."""
    for peer in peers[1:]:
        listener = peer if gives_keys(peer) else peers[0]
        cases = [case for suite in options.suites if suite in peer.suites
                 for case in listen(peer, listener, suite, options)]
        name = os.path.join(options.vectors, peer.name.lower() + '.json')
        with open(name, 'w') as file:
            json.dump(cases, file, indent=1)
            file.write('\n')
        print('%s: %d cases' % (name, len(cases)))


def main():
    options = arguments()
    peers = []
    for peer in options.peer:
        name, _, command = peer.partition('=')
        peers.append(Peer(name, shlex.split(command)))
    tests = Tests(options.skipped)
    if options.vectors:
        write_vectors(peers, options)
        return
    play(peers, options, tests)
    for peer in peers:
        peer.close()
    print('%d passed, %d failed, %d skipped'
          % (tests.passed, tests.failed, tests.skipped))
    sys.exit(1 if tests.failed else 0)


main()
