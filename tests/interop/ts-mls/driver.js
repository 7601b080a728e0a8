// SPDX-License-Identifier: MIT
// ts-mls behind the lines of JSON that `mls-interop -j` speaks.
import { createInterface } from "node:readline"
import {
  bytesToBase64, ciphersuites, createApplicationMessage, createCommit, createGroup,
  createGroupInfoWithExternalPub, createGroupInfoWithExternalPubAndRatchetTree, createProposal,
  decodeMlsMessage, defaultAuthenticationService, defaultCapabilities, defaultKeyRetentionConfig,
  defaultLifetime, defaultLifetimeConfig, defaultPaddingConfig, encodeMlsMessage, generateKeyPackage,
  getCiphersuiteFromName, getCiphersuiteImpl, joinGroup, joinGroupExternal, makePskIndex, mlsExporter,
  nobleCryptoProvider, processPrivateMessage, processPublicMessage,
} from "ts-mls"
import { decodeRatchetTree, encodeRatchetTree } from "ts-mls/ratchetTree.js"
import { p256, p384, p521 } from "@noble/curves/nist.js"

const SUITES = [1, 2, 3, 4, 5, 6, 7]
const curves = { P256: p256, P384: p384, P521: p521 }

const hex = (octets) => Buffer.from(octets ?? []).toString("hex")
const octets = (text) => new Uint8Array(Buffer.from(text ?? "", "hex"))
const equal = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0

const samePerson = (a, b) => equal(a.credential.identity, b.credential.identity)
const clientConfig = {
  keyRetentionConfig: { ...defaultKeyRetentionConfig, retainKeysForGenerations: 100 },
  lifetimeConfig: defaultLifetimeConfig,
  // Who comes in again has another signature key, but the same name.
  keyPackageEqualityConfig: {
    compareKeyPackages: (a, b) => samePerson(a.leafNode, b.leafNode),
    compareKeyPackageToLeafNode: (a, leaf) => samePerson(a.leafNode, leaf),
  },
  paddingConfig: defaultPaddingConfig,
  authService: defaultAuthenticationService,
}

async function cipherSuite(number) {
  const name = Object.keys(ciphersuites).find((key) => ciphersuites[key] === number)
  const parameters = getCiphersuiteFromName(name)
  const suite = await getCiphersuiteImpl(parameters, nobleCryptoProvider)
  const curve = curves[parameters.signature]
  if (curve === undefined) return suite
  // RFC 9420 section 5.1.1 wants the point in full; ts-mls compresses it.
  const keygen = async () => {
    const pair = await suite.signature.keygen()
    return { ...pair, publicKey: curve.Point.fromBytes(pair.publicKey).toBytes(false) }
  }
  return { ...suite, signature: { ...suite.signature, keygen } }
}

function readMessage(text, wireformat) {
  const decoded = decodeMlsMessage(octets(text), 0)
  if (decoded === undefined) throw new Error("malformed message")
  const [message] = decoded
  if (wireformat !== undefined && message.wireformat !== wireformat) throw new Error(`not ${wireformat}`)
  return message
}

function readTree(text) {
  return text ? decodeRatchetTree(octets(text), 0)[0] : undefined
}

const written = (message) => hex(encodeMlsMessage({ version: "mls10", ...message }))
const writtenTree = (state) => hex(encodeRatchetTree(state.ratchetTree))

class Member {
  constructor(suite, identity) {
    this.suite = suite
    this.identity = identity
    this.psks = {}
    this.sent = new Set()
  }

  static async create(suiteNumber, identity) {
    const member = new Member(await cipherSuite(suiteNumber), octets(identity))
    const credential = { credentialType: "basic", identity: member.identity }
    member.package = await generateKeyPackage(credential, defaultCapabilities(), defaultLifetime, [], member.suite)
    return member
  }

  index() {
    return makePskIndex(this.state, this.psks)
  }

  authenticator() {
    return hex(this.state.keySchedule.epochAuthenticator)
  }

  leaf(identity) {
    const node = this.state.ratchetTree.findIndex(
      (n) => n?.nodeType === "leaf" && equal(n.leaf.credential.identity, octets(identity)))
    if (node < 0) throw new Error("no such member")
    return node / 2
  }

  proposal(type, value) {
    switch (type) {
      case "add":
        return { proposalType: "add", add: { keyPackage: readMessage(value.key_package, "mls_key_package").keyPackage } }
      case "remove":
        return { proposalType: "remove", remove: { removed: this.leaf(value.removed_id) } }
      case "externalPSK": {
        const preSharedKeyId = { psktype: "external", pskId: octets(value.psk_id),
          pskNonce: this.suite.rng.randomBytes(this.suite.kdf.size) }
        return { proposalType: "psk", psk: { preSharedKeyId } }
      }
      default:
        throw new Error(`no proposals of type ${type}`)
    }
  }

  async propose(type, value) {
    const { newState, message } = await createProposal(this.state, !this.encrypt, this.proposal(type, value), this.suite)
    this.state = newState
    const proposal = hex(encodeMlsMessage(message))
    this.sent.add(proposal)
    return { proposal }
  }

  async process(text) {
    const { wireformat, privateMessage, publicMessage } = readMessage(text)
    // Its processMessage forgets the PSKs where a message is private.
    const result = wireformat === "mls_public_message"
      ? await processPublicMessage(this.state, publicMessage, this.index(), this.suite)
      : await processPrivateMessage(this.state, privateMessage, this.index(), this.suite)
    this.state = result.newState
    return result
  }

  /** Proposals of others; our own are there already. */
  async takeProposals(proposals) {
    for (const proposal of proposals ?? []) if (!this.sent.has(proposal)) await this.process(proposal)
  }

  async commit(value) {
    await this.takeProposals(value.by_reference)
    const extraProposals = (value.by_value ?? []).map((v) => this.proposal(octets(v.proposal_type).reduce(
      (text, c) => text + String.fromCharCode(c), ""), v))
    const beside = value.external_tree === true
    const { newState, commit, welcome } = await createCommit(
      { state: this.state, cipherSuite: this.suite, pskIndex: this.index() },
      { wireAsPublicMessage: !this.encrypt, extraProposals, ratchetTreeExtension: !beside })
    this.pending = newState
    return {
      commit: hex(encodeMlsMessage(commit)),
      welcome: welcome === undefined ? "" : written({ wireformat: "mls_welcome", welcome }),
      ratchet_tree: beside ? writtenTree(newState) : "",
    }
  }

  settled(id) {
    this.sent.clear()
    this.pending = undefined
    return { state_id: id, epoch_authenticator: this.authenticator() }
  }

  async unprotect(value) {
    const message = readMessage(value.ciphertext, "mls_private_message")
    const result = await this.process(value.ciphertext)
    if (result.kind !== "applicationMessage") throw new Error("no application message")
    return { plaintext: hex(result.message), authenticated_data: hex(message.privateMessage.authenticatedData) }
  }

  async call(name, value) {
    switch (name) {
      case "GroupInfo": {
        const make = value.external_tree ? createGroupInfoWithExternalPub : createGroupInfoWithExternalPubAndRatchetTree
        const groupInfo = await make(this.state, [], this.suite)
        return { group_info: written({ wireformat: "mls_group_info", groupInfo }),
          ratchet_tree: value.external_tree ? writtenTree(this.state) : "" }
      }
      case "StateAuth":
        return { state_auth_secret: this.authenticator() }
      case "Export":
        return { exported_secret: hex(await mlsExporter(this.state.keySchedule.exporterSecret, value.label,
          octets(value.context), value.key_length, this.suite)) }
      case "Protect": {
        const { newState, privateMessage } = await createApplicationMessage(
          this.state, octets(value.plaintext), this.suite, octets(value.authenticated_data))
        this.state = newState
        return { ciphertext: written({ wireformat: "mls_private_message", privateMessage }) }
      }
      case "Unprotect":
        return this.unprotect(value)
      case "AddProposal":
        return this.propose("add", value)
      case "RemoveProposal":
        return this.propose("remove", value)
      case "ExternalPSKProposal":
        return this.propose("externalPSK", value)
      case "Commit":
        return this.commit(value)
      case "HandlePendingCommit":
        this.state = this.pending
        return this.settled(value.state_id)
      case "HandleCommit":
        await this.takeProposals(value.proposal)
        await this.process(value.commit)
        return this.settled(value.state_id)
      default:
        throw new Error(`no such call: ${name}`)
    }
  }
}

const members = new Map()
let last = 0

function keep(member) {
  members.set(++last, member)
  return last
}

function find(id) {
  if (!members.has(id)) throw new Error(`no such number: ${id}`)
  return members.get(id)
}

const calls = {
  Name: () => ({ name: "ts-mls" }),
  SupportedCiphersuites: () => ({ ciphersuites: SUITES }),

  async CreateGroup(value) {
    const member = await Member.create(value.cipher_suite, value.identity)
    const { publicPackage, privatePackage } = member.package
    member.encrypt = value.encrypt_handshake
    member.state = await createGroup(octets(value.group_id), publicPackage, privatePackage, [], member.suite, clientConfig)
    return { state_id: keep(member) }
  },

  async CreateKeyPackage(value) {
    const member = await Member.create(value.cipher_suite, value.identity)
    const { publicPackage, privatePackage } = member.package
    return {
      transaction_id: keep(member),
      key_package: written({ wireformat: "mls_key_package", keyPackage: publicPackage }),
      init_priv: hex(privatePackage.initPrivateKey),
      encryption_priv: hex(privatePackage.hpkePrivateKey),
      // Of Ed25519 it keeps PKCS #8, which ends with the seed.
      signature_priv: hex(member.suite.name.endsWith("Ed25519")
        ? privatePackage.signaturePrivateKey.slice(-32) : privatePackage.signaturePrivateKey),
    }
  },

  async JoinGroup(value) {
    const member = find(value.transaction_id)
    const { publicPackage, privatePackage } = member.package
    const { welcome } = readMessage(value.welcome, "mls_welcome")
    member.encrypt = value.encrypt_handshake
    member.state = await joinGroup(welcome, publicPackage, privatePackage, member.index(), member.suite,
      readTree(value.ratchet_tree), undefined, clientConfig)
    return member.settled(value.transaction_id)
  },

  async ExternalJoin(value) {
    if (value.psks?.length > 0) throw new Error("no PSKs in external commits")
    const { groupInfo } = readMessage(value.group_info, "mls_group_info")
    const member = await Member.create(ciphersuites[groupInfo.groupContext.cipherSuite], value.identity)
    const { publicPackage, privatePackage } = member.package
    const { newState, publicMessage } = await joinGroupExternal(groupInfo, publicPackage, privatePackage,
      value.remove_prior === true, member.suite, readTree(value.ratchet_tree), clientConfig)
    member.encrypt = value.encrypt_handshake
    member.state = newState
    return { commit: written({ wireformat: "mls_public_message", publicMessage }), ...member.settled(keep(member)) }
  },

  StorePSK(value) {
    find(value.state_or_transaction_id).psks[bytesToBase64(octets(value.psk_id))] = octets(value.psk_secret)
    return {}
  },

  Free(value) {
    members.delete(value.state_id)
    return {}
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply
  try {
    const { call, in: value } = JSON.parse(line)
    reply = { out: await (calls[call] ?? ((v) => find(v.state_id).call(call, v)))(value) }
  } catch (error) {
    reply = { error: String(error) }
  }
  process.stdout.write(JSON.stringify(reply) + "\n")
}
