# SPDX-License-Identifier: MIT
"""A program that speaks lines of JSON for members of groups, and a member."""

import json
import subprocess


class Refused(Exception):
    """A peer answered with an error, or not at all."""

    def __init__(self, peer, call, text):
        super().__init__('%s: %s: %s' % (peer, call, text))
        self.peer, self.call, self.text = peer, call, text


class Peer:
    """A library behind its driver."""

    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.name = self.call('Name')['name']
        self.suites = self.call('SupportedCiphersuites')['ciphersuites']

    def call(self, name, **fields):
        line = json.dumps({'call': name, 'in': {
            key: value.hex() if isinstance(value, bytes) else value
            for key, value in fields.items()}})
        try:
            self.process.stdin.write(line + '\n')
            self.process.stdin.flush()
            reply = json.loads(self.process.stdout.readline() or '{}')
        except (BrokenPipeError, ValueError):
            reply = {}
        if 'out' not in reply:
            raise Refused(self.name, name, reply.get('error', 'it ended'))
        return reply['out']

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


class Member:
    """Somebody in a group, or about to come in."""

    def __init__(self, peer, name, encrypt):
        self.peer, self.name, self.encrypt = peer, name, encrypt
        self.id = None
        self.package = None
        self.late = []      # messages that are yet to be read
        self.record = None  # of a member who only listens

    def __repr__(self):
        return '%s (%s)' % (self.name, self.peer.name)

    def create(self, group_id, suite):
        self.id = self.peer.call(
            'CreateGroup', group_id=group_id, cipher_suite=suite,
            encrypt_handshake=self.encrypt,
            identity=self.name.encode())['state_id']

    def prepare(self, suite):
        self.package = self.peer.call(
            'CreateKeyPackage', cipher_suite=suite,
            identity=self.name.encode())
        self.id = self.package['transaction_id']

    def join(self, welcome, tree):
        out = self.peer.call(
            'JoinGroup', transaction_id=self.id, welcome=welcome,
            ratchet_tree=tree, encrypt_handshake=self.encrypt,
            identity=self.name.encode())
        self.id = out['state_id']
        return out['epoch_authenticator']

    def join_external(self, info, tree, resync, psks):
        out = self.peer.call(
            'ExternalJoin', group_info=info, ratchet_tree=tree,
            encrypt_handshake=self.encrypt, identity=self.name.encode(),
            remove_prior=resync, psks=psks)
        self.id = out['state_id']
        return out['commit'], out['epoch_authenticator']

    def store_psk(self, psk):
        self.peer.call('StorePSK', state_or_transaction_id=self.id, **psk)

    def call(self, name, **fields):
        return self.peer.call(name, state_id=self.id, **fields)

    def settle(self, out):
        self.id = out['state_id']
        return out['epoch_authenticator']

    def take(self, commit, proposals):
        return self.settle(self.call(
            'HandleCommit', commit=commit, proposal=proposals))

    def free(self):
        self.call('Free')
