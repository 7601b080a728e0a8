# SPDX-License-Identifier: MIT
"""A random history of a group whose members are of several libraries.

After each epoch all members must agree on its authenticator and on an exported
secret; what one of them sends, all others must read.
"""

import os
import random

from peer import Member, Refused

# What the drivers cannot be asked for, since the libraries have no call for it
# or are known to err there (doc/interop.md).
CANNOT = {
    'ts-mls': {'UpdateProposal', 'GroupInfo', 'ExternalJoin'},
}
# Refusals that are the peer's own: its name, the call, a part of what it says.
KNOWN = [
    ('ts-mls', 'JoinGroup', 'nmerged'),      # a valid tree
    ('mls-rs', 'Unprotect', 'MemberNotFound'),  # late, and its sender is gone
]


class Disagreement(Exception):
    pass


def able(peer, what):
    return what not in CANNOT.get(peer.name, ())


def is_known(error):
    return any((error.peer, error.call) == (peer, call) and text in error.text
               for peer, call, text in KNOWN)


class Session:
    def __init__(self, peers, suite, seed, size):
        self.peers, self.suite, self.size = peers, suite, size
        self.random = random.Random(seed)
        self.members = []
        self.gone = []      # leaves of those who could not come in
        self.count = 0      # of names given
        self.epoch = 0
        self.stats = {}
        self.begin()

    def note(self, what, n=1):
        self.stats[what] = self.stats.get(what, 0) + n

    def chance(self, p):
        return self.random.random() < p

    def newcomer(self, peer=None):
        self.count += 1
        return Member(peer or self.random.choice(self.peers),
                      'member%d' % self.count, self.chance(0.5))

    def begin(self):
        first = self.newcomer()
        first.create(os.urandom(16), self.suite)
        self.members.append(first)

    # One epoch.

    def step(self):
        self.epoch += 1
        late = self.hold_back()
        if self.chance(0.15) and self.can_external():
            self.external()
        else:
            self.commit()
        self.compare()
        self.read_late(late)
        self.talk()

    def hold_back(self):
        """Messages of this epoch that some read in the next one only."""
        if len(self.members) < 2 or not self.chance(0.3):
            return []
        sender = self.random.choice(self.members)
        message = self.message(sender)
        late = []
        for member in self.members:
            if member is sender:
                continue
            if self.chance(0.5):
                late.append((member, message))
            else:
                self.read(member, message)
        return late

    def read_late(self, late):
        for reader, message in late:
            if reader not in self.members:
                continue
            try:
                self.read(reader, message)
            except Refused as error:
                if message[3] in self.members or not is_known(error):
                    raise
                self.note('known faults')

    def message(self, sender):
        text = os.urandom(self.random.randrange(200))
        aad = os.urandom(self.random.randrange(20))
        out = sender.call('Protect', plaintext=text, authenticated_data=aad)
        self.note('messages')
        return out['ciphertext'], text.hex(), aad.hex(), sender

    def read(self, reader, message):
        octets, text, aad, sender = message
        out = reader.call('Unprotect', ciphertext=octets)
        if (out['plaintext'], out['authenticated_data']) != (text, aad):
            raise Disagreement('%s reads something else than %s sent'
                               % (reader, sender))

    def talk(self):
        """Some send, all others read, in any order."""
        if len(self.members) < 2:
            return
        senders = [self.random.choice(self.members)
                   for _ in range(self.random.randrange(4))]
        messages = [self.message(sender) for sender in senders]
        for member in self.members:
            self.random.shuffle(messages)
            for message in messages:
                if message[3] is not member:
                    self.read(member, message)

    def compare(self):
        seen = {}
        for member in self.members:
            auth = member.call('StateAuth')['state_auth_secret']
            secret = member.call(
                'Export', label='interop', context=b'%d' % self.epoch,
                key_length=32)['exported_secret']
            seen.setdefault((auth, secret), []).append(member)
        if len(seen) != 1:
            raise Disagreement('epoch %d: %s' % (
                self.epoch, ' against '.join(map(str, seen.values()))))

    # Commits of members.

    def plan(self):
        """Who commits, who comes, who goes."""
        committer = self.random.choice(self.members)
        others = [m for m in self.members if m is not committer]
        n = self.random.randrange(3) if others else 1
        joiners = [self.newcomer() for _ in range(
            min(n, self.size - len(self.members)))]
        leavers = []
        if len(others) > 1 and self.chance(0.4):
            leavers = self.random.sample(
                others, self.random.randrange(1, max(2, len(others) // 3)))
        return committer, joiners, leavers

    def new_psk(self, holders):
        psk = {'psk_id': os.urandom(16).hex(),
               'psk_secret': os.urandom(32).hex()}
        for holder in holders:
            holder.store_psk(psk)
        self.note('PSKs')
        return psk

    def propose(self, proposers, wanted):
        """Proposals sent before the commit, seen by all."""
        sent = []
        for call, fields in wanted:
            out = self.random.choice(proposers).call(call, **fields)
            sent.append(out['proposal'])
        return sent

    def commit(self):
        committer, joiners, leavers = self.plan()
        stay = [m for m in self.members if m not in leavers]
        for joiner in joiners:
            joiner.prepare(self.suite)
        wanted = [('AddProposal', {'key_package': j.package['key_package']})
                  for j in joiners]
        wanted += [('RemoveProposal', {'removed_id': m.name.encode()})
                   for m in leavers]
        wanted += [('RemoveProposal', {'removed_id': name.encode()})
                   for name in self.gone]
        self.gone = []
        psks = [self.new_psk(self.members + joiners)
                for _ in range(self.random.choice((0, 0, 0, 1, 2)))]
        # OpenMLS takes PSKs by value before those by reference.
        together = self.chance(0.5)
        values, refs = [], []
        for psk in psks:
            (refs if together else values).append(
                ('ExternalPSKProposal', {'psk_id': psk['psk_id']}))
        for one in wanted:
            (refs if self.chance(0.4) else values).append(one)
        self.random.shuffle(refs)
        sent = self.propose(stay, refs)
        sent += self.updates([m for m in stay if m is not committer])
        self.carry_out(committer, joiners, leavers, sent, values)

    def updates(self, others):
        willing = [m for m in others if able(m.peer, 'UpdateProposal')
                   and m.record is None and self.chance(0.2)]
        self.note('updates', len(willing))
        return [m.call('UpdateProposal')['proposal'] for m in willing]

    def describe(self, values):
        names = {'AddProposal': b'add', 'RemoveProposal': b'remove',
                 'ExternalPSKProposal': b'externalPSK'}
        return [{'proposal_type': names[call].hex(), **{
            key: value.hex() if isinstance(value, bytes) else value
            for key, value in fields.items()}} for call, fields in values]

    def carry_out(self, committer, joiners, leavers, sent, values):
        beside = self.chance(0.3)
        out = committer.call(
            'Commit', by_reference=sent, by_value=self.describe(values),
            force_path=self.chance(0.3), external_tree=beside)
        auth = committer.settle(committer.call('HandlePendingCommit'))
        for member in self.members:
            if member is not committer and member not in leavers:
                self.agree(auth, member.take(out['commit'], sent), member)
                self.listened(member, out['commit'], sent, auth)
        for leaver in leavers:
            leaver.free()
        self.members = [m for m in self.members if m not in leavers]
        for joiner in joiners:
            self.welcome(joiner, out, auth)
        self.note('commits')
        self.note('removes', len(leavers))

    def welcome(self, joiner, out, auth):
        try:
            joined = joiner.join(out['welcome'], out['ratchet_tree'])
        except Refused as error:
            if not is_known(error):
                raise
            self.note('known faults')
            self.gone.append(joiner.name)
            return
        self.agree(auth, joined, joiner)
        self.members.append(joiner)
        self.note('joins')

    def agree(self, one, other, member):
        if one != other:
            raise Disagreement('epoch %d: %s has another authenticator'
                               % (self.epoch, member))

    def listened(self, member, commit, proposals, auth):
        if member.record is not None:
            member.record['epochs'].append({
                'proposals': proposals, 'commit': commit,
                'epoch_authenticator': auth})

    # External commits.

    def can_external(self):
        return len(self.members) > 1 and any(
            able(m.peer, 'GroupInfo') for m in self.members) and any(
            able(p, 'ExternalJoin') for p in self.peers)

    def external(self):
        givers = [m for m in self.members if able(m.peer, 'GroupInfo')]
        giver = self.random.choice(givers)
        others = [m for m in self.members if m is not giver
                  and m.record is None and able(m.peer, 'ExternalJoin')]
        full = len(self.members) >= self.size
        resync = bool(others) and (full or self.chance(0.4))
        former = self.random.choice(others) if resync else None
        joiner = Member(former.peer, former.name, former.encrypt) \
            if resync else self.newcomer(self.random.choice(
                [p for p in self.peers if able(p, 'ExternalJoin')]))
        stay = [m for m in self.members if m is not former]
        psks = [self.new_psk(stay)] if self.chance(0.3) else []
        beside = self.chance(0.5)
        info = giver.call('GroupInfo', external_tree=beside)
        commit, auth = joiner.join_external(
            info['group_info'], info['ratchet_tree'] if beside else '',
            resync, psks)
        for member in stay:
            self.agree(auth, member.take(commit, []), member)
            self.listened(member, commit, [], auth)
        if former is not None:
            former.free()
        self.members = stay + [joiner]
        self.note('resyncs' if resync else 'external joins')

    def close(self):
        for member in self.members:
            member.free()
