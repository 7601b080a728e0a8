// SPDX-License-Identifier: MIT
//! OpenMLS behind the lines of JSON that `mls-interop -j` speaks.

use std::collections::HashMap;
use std::io::{BufRead, Write};

use openmls::prelude::tls_codec::{Deserialize, Serialize};
use openmls::prelude::*;
use openmls::schedule::{ExternalPsk, PreSharedKeyId, Psk};
use openmls_basic_credential::SignatureKeyPair;
use openmls_rust_crypto::OpenMlsRustCrypto;
use serde_json::{json, Value};

type Outcome<T> = Result<T, String>;

const PAST_EPOCHS: usize = 8;

fn text<E: std::fmt::Debug>(error: E) -> String {
    format!("{error:?}")
}

fn octets(value: &Value) -> Outcome<Vec<u8>> {
    hex::decode(value.as_str().unwrap_or_default()).map_err(text)
}

fn field(input: &Value, name: &str) -> Outcome<Vec<u8>> {
    octets(&input[name])
}

fn list(input: &Value) -> impl Iterator<Item = &Value> {
    input.as_array().into_iter().flatten()
}

fn kind(value: &Value) -> Outcome<String> {
    String::from_utf8(field(value, "proposal_type")?).map_err(text)
}

fn suite(input: &Value) -> Outcome<Ciphersuite> {
    let number = input["cipher_suite"].as_u64().unwrap_or_default() as u16;
    Ciphersuite::try_from(number).map_err(text)
}

fn tree(input: &Value) -> Outcome<Option<RatchetTreeIn>> {
    match field(input, "ratchet_tree")? {
        none if none.is_empty() => Ok(None),
        some => RatchetTreeIn::tls_deserialize_exact(some).map(Some).map_err(text),
    }
}

/// Handshake messages in private or in public; of others, both.
fn framing(input: &Value) -> WireFormatPolicy {
    match input["encrypt_handshake"] == true {
        true => MIXED_CIPHERTEXT_WIRE_FORMAT_POLICY,
        false => MIXED_PLAINTEXT_WIRE_FORMAT_POLICY,
    }
}

fn join_config(input: &Value) -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder()
        .max_past_epochs(PAST_EPOCHS)
        .use_ratchet_tree_extension(true)
        .wire_format_policy(framing(input))
        .build()
}

fn message(octets: Vec<u8>) -> Outcome<MlsMessageBodyIn> {
    Ok(MlsMessageIn::tls_deserialize_exact(octets).map_err(text)?.extract())
}

fn written(message: MlsMessageOut) -> Outcome<String> {
    message.tls_serialize_detached().map(hex::encode).map_err(text)
}

struct Member {
    provider: OpenMlsRustCrypto,
    suite: Ciphersuite,
    identity: Vec<u8>,
    signer: SignatureKeyPair,
    group: Option<MlsGroup>,
    sent: Vec<String>,
}

impl Member {
    fn new(suite: Ciphersuite, identity: Vec<u8>) -> Outcome<Member> {
        let signer = SignatureKeyPair::new(suite.signature_algorithm()).map_err(text)?;
        let provider = OpenMlsRustCrypto::default();
        Ok(Member { provider, suite, identity, signer, group: None, sent: vec![] })
    }

    fn credential(&self) -> CredentialWithKey {
        CredentialWithKey {
            credential: BasicCredential::new(self.identity.clone()).into(),
            signature_key: self.signer.public().into(),
        }
    }

    fn group(&mut self) -> Outcome<&mut MlsGroup> {
        self.group.as_mut().ok_or_else(|| "no group yet".into())
    }

    fn authenticator(&mut self) -> Outcome<String> {
        Ok(hex::encode(self.group()?.epoch_authenticator().as_slice()))
    }

    fn store_psk(&mut self, input: &Value) -> Outcome<PreSharedKeyId> {
        let id = self.psk(input)?;
        id.store(&self.provider, &field(input, "psk_secret")?).map_err(text)?;
        Ok(id)
    }

    fn psk(&self, input: &Value) -> Outcome<PreSharedKeyId> {
        let psk = Psk::External(ExternalPsk::new(field(input, "psk_id")?));
        PreSharedKeyId::new(self.suite, self.provider.rand(), psk).map_err(text)
    }

    fn key_package(&self, input: &Value) -> Outcome<KeyPackage> {
        match message(field(input, "key_package")?)? {
            MlsMessageBodyIn::KeyPackage(package) => {
                package.validate(self.provider.crypto(), ProtocolVersion::Mls10).map_err(text)
            }
            _ => Err("not a key package".into()),
        }
    }

    fn leaf(&mut self, input: &Value) -> Outcome<LeafNodeIndex> {
        let credential = BasicCredential::new(field(input, "removed_id")?).into();
        self.group()?.member_leaf_index(&credential).ok_or_else(|| "no such member".into())
    }

    fn process(&mut self, octets: Vec<u8>) -> Outcome<ProcessedMessage> {
        let message: ProtocolMessage = match message(octets)? {
            MlsMessageBodyIn::PublicMessage(m) => m.into(),
            MlsMessageBodyIn::PrivateMessage(m) => m.into(),
            _ => return Err("no message of a group".into()),
        };
        let group = self.group.as_mut().ok_or("no group yet")?;
        group.process_message(&self.provider, message).map_err(text)
    }

    /// Proposals of others; our own are there already.
    fn take_proposals(&mut self, proposals: &Value) -> Outcome<()> {
        for proposal in list(proposals) {
            if self.sent.iter().any(|sent| proposal == sent) {
                continue;
            }
            let content = self.process(octets(proposal)?)?.into_content();
            let group = self.group.as_mut().ok_or("no group yet")?;
            match content {
                ProcessedMessageContent::ProposalMessage(p) => {
                    group.store_pending_proposal(self.provider.storage(), *p).map_err(text)?
                }
                _ => return Err("no proposal".into()),
            }
        }
        Ok(())
    }

    fn propose(&mut self, call: &str, input: &Value) -> Outcome<Value> {
        let package = match call {
            "AddProposal" => Some(self.key_package(input)?),
            _ => None,
        };
        let leaf = match call {
            "RemoveProposal" => self.leaf(input)?,
            _ => LeafNodeIndex::new(0),
        };
        let psk = self.psk(input)?;
        let Member { provider, signer, group, .. } = self;
        let group = group.as_mut().ok_or("no group yet")?;
        let (message, _) = match (call, package) {
            (_, Some(package)) => {
                group.propose_add_member(provider, signer, &package).map_err(text)?
            }
            ("UpdateProposal", _) => group
                .propose_self_update(provider, signer, LeafNodeParameters::default())
                .map_err(text)?,
            ("RemoveProposal", _) => {
                group.propose_remove_member(provider, signer, leaf).map_err(text)?
            }
            _ => group.propose_pre_shared_key(provider, signer, psk).map_err(text)?,
        };
        let message = written(message)?;
        self.sent.push(message.clone());
        Ok(json!({ "proposal": message }))
    }

    fn commit(&mut self, input: &Value) -> Outcome<Value> {
        self.take_proposals(&input["by_reference"])?;
        let (mut adds, mut removals, mut psks) = (vec![], vec![], vec![]);
        for value in list(&input["by_value"]) {
            match kind(value)?.as_str() {
                "add" => adds.push(self.key_package(value)?),
                "remove" => removals.push(self.leaf(value)?),
                "externalPSK" => {
                    let psk = PreSharedKeyProposal::new(self.psk(value)?);
                    psks.push(Proposal::PreSharedKey(Box::new(psk)))
                }
                other => return Err(format!("no proposals of type {other}")),
            }
        }
        let beside = input["external_tree"] == true;
        let Member { provider, signer, group, .. } = self;
        let group = group.as_mut().ok_or("no group yet")?;
        let bundle = group
            .commit_builder()
            .force_self_update(input["force_path"] == true)
            .propose_adds(adds)
            .propose_removals(removals)
            .add_proposals(psks)
            .load_psks(provider.storage())
            .map_err(text)?
            .use_ratchet_tree_extension(!beside)
            .build(provider.rand(), provider.crypto(), signer, |_| true)
            .map_err(text)?
            .stage_commit(provider)
            .map_err(text)?;
        let tree = match (beside, group.pending_commit()) {
            (true, Some(staged)) => {
                let tree = staged.export_ratchet_tree(provider.crypto(), group.export_ratchet_tree());
                match tree.map_err(text)? {
                    Some(tree) => tree.tls_serialize_detached().map_err(text)?,
                    None => vec![],
                }
            }
            _ => vec![],
        };
        let (commit, welcome, _) = bundle.into_messages();
        let welcome = welcome.map(written).transpose()?.unwrap_or_default();
        Ok(json!({ "commit": written(commit)?, "welcome": welcome,
            "ratchet_tree": hex::encode(tree) }))
    }

    fn handle_commit(&mut self, input: &Value) -> Outcome<Value> {
        self.take_proposals(&input["proposal"])?;
        match self.process(field(input, "commit")?)?.into_content() {
            ProcessedMessageContent::StagedCommitMessage(staged) => {
                let group = self.group.as_mut().ok_or("no group yet")?;
                group.merge_staged_commit(&self.provider, *staged).map_err(text)?
            }
            _ => return Err("no commit".into()),
        }
        self.sent.clear();
        Ok(json!({ "state_id": input["state_id"], "epoch_authenticator": self.authenticator()? }))
    }

    fn unprotect(&mut self, input: &Value) -> Outcome<Value> {
        let processed = self.process(field(input, "ciphertext")?)?;
        let aad = hex::encode(processed.aad());
        match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(m) => {
                Ok(json!({ "plaintext": hex::encode(m.into_bytes()), "authenticated_data": aad }))
            }
            _ => Err("no application message".into()),
        }
    }

    fn in_state(&mut self, call: &str, input: &Value) -> Outcome<Value> {
        match call {
            "StateAuth" => return Ok(json!({ "state_auth_secret": self.authenticator()? })),
            "Unprotect" => return self.unprotect(input),
            "Commit" => return self.commit(input),
            "HandleCommit" => return self.handle_commit(input),
            "AddProposal" | "UpdateProposal" | "RemoveProposal" | "ExternalPSKProposal" => {
                return self.propose(call, input)
            }
            _ => (),
        }
        let Member { provider, signer, group, .. } = self;
        let group = group.as_mut().ok_or("no group yet")?;
        match call {
            "GroupInfo" => {
                let beside = input["external_tree"] == true;
                let info = group.export_group_info(provider.crypto(), signer, !beside);
                let tree = match beside {
                    true => group.export_ratchet_tree().tls_serialize_detached().map_err(text)?,
                    false => vec![],
                };
                Ok(json!({ "group_info": written(info.map_err(text)?)?,
                    "ratchet_tree": hex::encode(tree) }))
            }
            "Export" => {
                let label = input["label"].as_str().unwrap_or_default();
                let length = input["key_length"].as_u64().unwrap_or_default() as usize;
                let context = field(input, "context")?;
                let secret = group.export_secret(provider.crypto(), label, &context, length);
                Ok(json!({ "exported_secret": hex::encode(secret.map_err(text)?) }))
            }
            "Protect" => {
                group.set_aad(field(input, "authenticated_data")?);
                let plaintext = field(input, "plaintext")?;
                let message = group.create_message(provider, signer, &plaintext);
                Ok(json!({ "ciphertext": written(message.map_err(text)?)? }))
            }
            "HandlePendingCommit" => {
                group.merge_pending_commit(provider).map_err(text)?;
                self.sent.clear();
                Ok(json!({ "state_id": input["state_id"],
                    "epoch_authenticator": self.authenticator()? }))
            }
            _ => Err(format!("no such call: {call}")),
        }
    }
}

#[derive(Default)]
struct World {
    members: HashMap<u64, Member>,
    last: u64,
    /// Who came in from outside, to be known again by the signature key.
    signers: HashMap<Vec<u8>, SignatureKeyPair>,
}

impl World {
    fn keep(&mut self, member: Member) -> u64 {
        self.last += 1;
        self.signers.insert(member.identity.clone(), member.signer.clone());
        self.members.insert(self.last, member);
        self.last
    }

    fn member(&mut self, id: &Value) -> Outcome<&mut Member> {
        let id = id.as_u64().unwrap_or_default();
        self.members.get_mut(&id).ok_or_else(|| format!("no such number: {id}"))
    }

    fn external_join(&mut self, input: &Value) -> Outcome<Value> {
        let MlsMessageBodyIn::GroupInfo(info) = message(field(input, "group_info")?)? else {
            return Err("not a GroupInfo".into());
        };
        let mut member = Member::new(info.ciphersuite(), field(input, "identity")?)?;
        if input["remove_prior"] == true {
            member.signer =
                self.signers.remove(&member.identity).ok_or("this one was not there before")?;
        }
        let mut psks = vec![];
        for psk in list(&input["psks"]) {
            psks.push(PreSharedKeyProposal::new(member.store_psk(psk)?));
        }
        let mut builder = MlsGroup::external_commit_builder().with_config(join_config(input));
        if let Some(tree) = tree(input)? {
            builder = builder.with_ratchet_tree(tree);
        }
        let Member { provider, signer, .. } = &member;
        let (group, bundle) = builder
            .build_group(provider, info, member.credential())
            .map_err(text)?
            .add_psk_proposals(psks)
            .load_psks(provider.storage())
            .map_err(text)?
            .build(provider.rand(), provider.crypto(), signer, |_| true)
            .map_err(text)?
            .finalize(provider)
            .map_err(text)?;
        member.group = Some(group);
        let authenticator = member.authenticator()?;
        let commit = written(bundle.into_commit())?;
        Ok(json!({ "state_id": self.keep(member), "commit": commit,
            "epoch_authenticator": authenticator }))
    }

    fn create_group(&mut self, input: &Value) -> Outcome<Value> {
        let mut member = Member::new(suite(input)?, field(input, "identity")?)?;
        let group = MlsGroup::builder()
            .with_group_id(GroupId::from_slice(&field(input, "group_id")?))
            .ciphersuite(member.suite)
            .max_past_epochs(PAST_EPOCHS)
            .use_ratchet_tree_extension(true)
            .with_wire_format_policy(framing(input))
            .build(&member.provider, &member.signer, member.credential());
        member.group = Some(group.map_err(text)?);
        Ok(json!({ "state_id": self.keep(member) }))
    }

    fn join_group(&mut self, input: &Value) -> Outcome<Value> {
        let id = &input["transaction_id"];
        let MlsMessageBodyIn::Welcome(welcome) = message(field(input, "welcome")?)? else {
            return Err("not a Welcome".into());
        };
        let tree = tree(input)?;
        let member = self.member(id)?;
        let config = join_config(input);
        let group = StagedWelcome::new_from_welcome(&member.provider, &config, welcome, tree)
            .map_err(text)?
            .into_group(&member.provider)
            .map_err(text)?;
        member.group = Some(group);
        Ok(json!({ "state_id": id, "epoch_authenticator": member.authenticator()? }))
    }

    fn answer(&mut self, call: &str, input: &Value) -> Outcome<Value> {
        match call {
            "Name" => Ok(json!({ "name": "OpenMLS" })),
            "SupportedCiphersuites" => {
                let all = OpenMlsRustCrypto::default().crypto().supported_ciphersuites();
                let all: Vec<u16> = all.into_iter().map(u16::from).collect();
                Ok(json!({ "ciphersuites": all }))
            }
            "CreateGroup" => self.create_group(input),
            "CreateKeyPackage" => {
                let member = Member::new(suite(input)?, field(input, "identity")?)?;
                let Member { provider, signer, .. } = &member;
                let bundle = KeyPackage::builder()
                    .build(member.suite, provider, signer, member.credential())
                    .map_err(text)?;
                let package = written(bundle.into_key_package().into())?;
                Ok(json!({ "transaction_id": self.keep(member), "key_package": package }))
            }
            "JoinGroup" => self.join_group(input),
            "ExternalJoin" => self.external_join(input),
            "StorePSK" => {
                self.member(&input["state_or_transaction_id"])?.store_psk(input)?;
                Ok(json!({}))
            }
            "Free" => {
                self.members.remove(&input["state_id"].as_u64().unwrap_or_default());
                Ok(json!({}))
            }
            _ => self.member(&input["state_id"])?.in_state(call, input),
        }
    }
}

fn main() {
    let mut world = World::default();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let line: Value = serde_json::from_str(&line).unwrap_or_default();
        let call = line["call"].as_str().unwrap_or_default();
        let reply = match world.answer(call, &line["in"]) {
            Ok(out) => json!({ "out": out }),
            Err(error) => json!({ "error": error }),
        };
        println!("{reply}");
        std::io::stdout().flush().unwrap();
    }
}
