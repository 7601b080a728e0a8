# SPDX-License-Identifier: MIT
"""Cases of the passive-client format: what a member of one library, who only
listens, is sent by members of another."""

import random

from session import Session

KEYS = ('key_package', 'init_priv', 'encryption_priv', 'signature_priv')


class Heard(Session):
    """A session whose third member only listens, and is written down."""

    def __init__(self, peer, listener, suite, seed, size):
        self.listener = None
        self.listens_by = listener
        self.psks = []
        super().__init__([peer], suite, seed, size)

    def plan(self):
        committer, joiners, leavers = super().plan()
        speakers = [m for m in self.members if m.record is None]
        if committer.record is not None:
            committer = self.random.choice(speakers)
        leavers = [m for m in leavers
                   if m.record is None and m is not committer]
        if self.listener is None and len(self.members) > 2:
            self.listener = self.newcomer(self.listens_by)
            self.listener.record = {'cipher_suite': self.suite, 'epochs': []}
            joiners = joiners[:1] + [self.listener]
        joiners = [j for j in joiners if j not in leavers]
        return committer, joiners, leavers

    def propose(self, proposers, wanted):
        return super().propose(
            [m for m in proposers if m.record is None], wanted)

    def hold_back(self):
        return []

    def talk(self):
        pass

    def new_psk(self, holders):
        psk = super().new_psk(holders)
        if self.listener in holders:
            self.psks.append({'psk_id': psk['psk_id'],
                              'psk': psk['psk_secret']})
        return psk

    def welcome(self, joiner, out, auth):
        super().welcome(joiner, out, auth)
        if joiner is self.listener and joiner not in self.members:
            self.listener = None  # it could not come in: another will
        elif joiner is self.listener:
            joiner.record.update(
                {key: joiner.package[key] for key in KEYS},
                external_psks=self.psks, welcome=out['welcome'],
                ratchet_tree=out['ratchet_tree'] or None,
                initial_epoch_authenticator=auth)


def listen(peer, listener, suite, options):
    seed = options.seed if options.seed is not None else \
        random.randrange(1 << 32)
    session = Heard(peer, listener, suite, seed + suite, options.size)
    while session.listener is None or \
            len(session.listener.record['epochs']) < options.epochs:
        session.step()
    session.close()
    return [session.listener.record]
