// SPDX-License-Identifier: MIT
//! mls-rs behind the lines of JSON that `mls-interop -j` speaks.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::{BufRead, Write};
use std::sync::{Arc, Mutex};

use mls_rs::client_builder::{
    BaseInMemoryConfig, WithCryptoProvider, WithIdentityProvider, WithMlsRules,
};
use mls_rs::external_client::ExternalClient;
use mls_rs::group::{ExportedTree, GroupContext, ReceivedMessage, Roster};
use mls_rs::identity::basic::{BasicCredential, BasicIdentityProvider};
use mls_rs::identity::SigningIdentity;
use mls_rs::mls_rules::{
    CommitDirection, CommitOptions, CommitSource, EncryptionOptions, ProposalBundle,
};
use mls_rs::psk::ExternalPskId;
use mls_rs::storage_provider::in_memory::{InMemoryKeyPackageStorage, InMemoryPreSharedKeyStorage};
use mls_rs::{CipherSuite, CipherSuiteProvider, Client, CryptoProvider, Group, MlsMessage, MlsRules};
use mls_rs_crypto_openssl::OpensslCryptoProvider;
use serde_json::{json, Value};

type Config = WithIdentityProvider<
    BasicIdentityProvider,
    WithCryptoProvider<OpensslCryptoProvider, WithMlsRules<Rules, BaseInMemoryConfig>>,
>;
type Result<T> = std::result::Result<T, String>;

fn text<E: std::fmt::Debug>(error: E) -> String {
    format!("{error:?}")
}

/// What a commit is to be like, from outside of the library.
#[derive(Clone, Debug, Default)]
struct Rules(Arc<Mutex<(CommitOptions, EncryptionOptions)>>);

impl MlsRules for Rules {
    type Error = Infallible;

    fn filter_proposals(
        &self,
        _: CommitDirection,
        _: CommitSource,
        _: &Roster,
        _: &GroupContext,
        proposals: ProposalBundle,
    ) -> std::result::Result<ProposalBundle, Infallible> {
        Ok(proposals)
    }

    fn commit_options(
        &self,
        _: &Roster,
        _: &GroupContext,
        _: &ProposalBundle,
    ) -> std::result::Result<CommitOptions, Infallible> {
        Ok(self.0.lock().unwrap().0)
    }

    fn encryption_options(
        &self,
        _: &Roster,
        _: &GroupContext,
    ) -> std::result::Result<EncryptionOptions, Infallible> {
        Ok(self.0.lock().unwrap().1)
    }
}

struct Member {
    client: Client<Config>,
    signer: Vec<u8>,
    packages: InMemoryKeyPackageStorage,
    psks: InMemoryPreSharedKeyStorage,
    rules: Rules,
    group: Option<Group<Config>>,
    sent: Vec<Vec<u8>>,
}

impl Member {
    fn new(suite: CipherSuite, identity: Vec<u8>, encrypt: bool) -> Result<Member> {
        let crypto = OpensslCryptoProvider::default();
        let provider = crypto.cipher_suite_provider(suite).ok_or("no such suite")?;
        let (secret, public) = provider.signature_key_generate().map_err(text)?;
        let credential = BasicCredential::new(identity).into_credential();
        let packages = InMemoryKeyPackageStorage::default();
        let psks = InMemoryPreSharedKeyStorage::default();
        let rules = Rules::default();
        rules.0.lock().unwrap().1.encrypt_control_messages = encrypt;
        let client = Client::builder()
            .identity_provider(BasicIdentityProvider::new())
            .crypto_provider(crypto)
            .mls_rules(rules.clone())
            .key_package_repo(packages.clone())
            .psk_store(psks.clone())
            .signing_identity(SigningIdentity::new(credential, public), secret.clone(), suite)
            .build();
        let signer = secret.to_vec();
        Ok(Member { client, signer, packages, psks, rules, group: None, sent: vec![] })
    }

    fn group(&mut self) -> Result<&mut Group<Config>> {
        self.group.as_mut().ok_or_else(|| "no group yet".into())
    }

    fn authenticator(&mut self) -> Result<String> {
        Ok(hex::encode(self.group()?.epoch_authenticator().map_err(text)?.as_bytes()))
    }

    /// Proposals of others; our own are there already.
    fn take_proposals(&mut self, list: &Value) -> Result<()> {
        for proposal in list.as_array().into_iter().flatten() {
            let proposal = octets(proposal)?;
            if !self.sent.contains(&proposal) {
                let message = MlsMessage::from_bytes(&proposal).map_err(text)?;
                self.group()?.process_incoming_message(message).map_err(text)?;
            }
        }
        Ok(())
    }

    fn leaf(&mut self, identity: &[u8]) -> Result<u32> {
        Ok(self.group()?.member_with_identity(identity).map_err(text)?.index)
    }

    fn propose(&mut self, call: &str, input: &Value) -> Result<Value> {
        let leaf = match call {
            "RemoveProposal" => self.leaf(&field(input, "removed_id")?)?,
            _ => 0,
        };
        let group = self.group()?;
        let message = match call {
            "AddProposal" => {
                let package = field(input, "key_package")?;
                let package = MlsMessage::from_bytes(&package).map_err(text)?;
                group.propose_add(package, vec![])
            }
            "UpdateProposal" => group.propose_update(vec![]),
            "RemoveProposal" => group.propose_remove(leaf, vec![]),
            _ => group.propose_external_psk(ExternalPskId::new(field(input, "psk_id")?), vec![]),
        };
        let message = message.and_then(|m| m.to_bytes()).map_err(text)?;
        self.sent.push(message.clone());
        Ok(json!({ "proposal": hex::encode(message) }))
    }

    fn commit(&mut self, input: &Value) -> Result<Value> {
        self.take_proposals(&input["by_reference"])?;
        let beside = input["external_tree"] == true;
        self.rules.0.lock().unwrap().0 = CommitOptions::new()
            .with_path_required(input["force_path"] == true)
            .with_ratchet_tree_extension(!beside)
            .with_single_welcome_message(true)
            .with_allow_external_commit(false);
        let mut leaves = vec![];
        for value in input["by_value"].as_array().into_iter().flatten() {
            leaves.push(match kind(value)?.as_str() {
                "remove" => self.leaf(&field(value, "removed_id")?)?,
                _ => 0,
            });
        }
        let mut builder = self.group()?.commit_builder();
        for (value, leaf) in input["by_value"].as_array().into_iter().flatten().zip(leaves) {
            builder = match kind(value)?.as_str() {
                "add" => {
                    let package = field(value, "key_package")?;
                    builder.add_member(MlsMessage::from_bytes(&package).map_err(text)?)
                }
                "remove" => builder.remove_member(leaf),
                "externalPSK" => {
                    builder.add_external_psk(ExternalPskId::new(field(value, "psk_id")?))
                }
                other => return Err(format!("no proposals of type {other}")),
            }
            .map_err(text)?;
        }
        let output = builder.build().map_err(text)?;
        let commit = output.commit_message().to_bytes().map_err(text)?;
        let welcome = match output.welcome_messages() {
            [] => vec![],
            [one, ..] => one.to_bytes().map_err(text)?,
        };
        let tree = match output.ratchet_tree() {
            Some(tree) if beside => tree.to_bytes().map_err(text)?,
            _ => vec![],
        };
        Ok(json!({ "commit": hex::encode(commit), "welcome": hex::encode(welcome),
            "ratchet_tree": hex::encode(tree) }))
    }

    fn in_state(&mut self, call: &str, input: &Value) -> Result<Value> {
        let id = &input["state_id"];
        match call {
            "GroupInfo" => {
                let beside = input["external_tree"] == true;
                let group = self.group()?;
                let info = group.group_info_message_allowing_ext_commit(!beside);
                let info = info.and_then(|m| m.to_bytes()).map_err(text)?;
                let tree = match beside {
                    true => group.export_tree().to_bytes().map_err(text)?,
                    false => vec![],
                };
                Ok(json!({ "group_info": hex::encode(info), "ratchet_tree": hex::encode(tree) }))
            }
            "StateAuth" => Ok(json!({ "state_auth_secret": self.authenticator()? })),
            "Export" => {
                let label = input["label"].as_str().unwrap_or_default().as_bytes();
                let length = input["key_length"].as_u64().unwrap_or_default() as usize;
                let context = field(input, "context")?;
                let secret = self.group()?.export_secret(label, &context, length);
                Ok(json!({ "exported_secret": hex::encode(secret.map_err(text)?.as_bytes()) }))
            }
            "Protect" => {
                let aad = field(input, "authenticated_data")?;
                let plaintext = field(input, "plaintext")?;
                let message = self.group()?.encrypt_application_message(&plaintext, aad);
                let message = message.and_then(|m| m.to_bytes()).map_err(text)?;
                Ok(json!({ "ciphertext": hex::encode(message) }))
            }
            "Unprotect" => {
                let message = MlsMessage::from_bytes(&field(input, "ciphertext")?).map_err(text)?;
                match self.group()?.process_incoming_message(message).map_err(text)? {
                    ReceivedMessage::ApplicationMessage(m) => Ok(json!({
                        "plaintext": hex::encode(m.data()),
                        "authenticated_data": hex::encode(&m.authenticated_data) })),
                    other => Err(format!("no application message: {other:?}")),
                }
            }
            "Commit" => self.commit(input),
            "HandleCommit" => {
                self.take_proposals(&input["proposal"])?;
                let message = MlsMessage::from_bytes(&field(input, "commit")?).map_err(text)?;
                self.group()?.process_incoming_message(message).map_err(text)?;
                self.sent.clear();
                Ok(json!({ "state_id": id, "epoch_authenticator": self.authenticator()? }))
            }
            "HandlePendingCommit" => {
                self.group()?.apply_pending_commit().map_err(text)?;
                self.sent.clear();
                Ok(json!({ "state_id": id, "epoch_authenticator": self.authenticator()? }))
            }
            "AddProposal" | "UpdateProposal" | "RemoveProposal" | "ExternalPSKProposal" => {
                self.propose(call, input)
            }
            _ => Err(format!("no such call: {call}")),
        }
    }
}

fn octets(value: &Value) -> Result<Vec<u8>> {
    hex::decode(value.as_str().unwrap_or_default()).map_err(text)
}

fn field(input: &Value, name: &str) -> Result<Vec<u8>> {
    octets(&input[name])
}

fn kind(value: &Value) -> Result<String> {
    String::from_utf8(field(value, "proposal_type")?).map_err(text)
}

fn suite(input: &Value) -> CipherSuite {
    CipherSuite::from(input["cipher_suite"].as_u64().unwrap_or_default() as u16)
}

fn tree(input: &Value) -> Result<Option<ExportedTree<'static>>> {
    match field(input, "ratchet_tree")? {
        none if none.is_empty() => Ok(None),
        some => ExportedTree::from_bytes(&some).map(Some).map_err(text),
    }
}

/// The former leaf of an identity, as a GroupInfo shows it.
fn former_leaf(info: &MlsMessage, input: &Value, identity: &[u8]) -> Result<u32> {
    let observer = ExternalClient::builder()
        .crypto_provider(OpensslCryptoProvider::default())
        .identity_provider(BasicIdentityProvider::new())
        .build();
    let group = observer.observe_group(info.clone(), tree(input)?, None).map_err(text)?;
    let member = group.roster().members_iter().find(|member| {
        let credential = member.signing_identity.credential.as_basic();
        credential.is_some_and(|credential| credential.identifier == identity)
    });
    Ok(member.ok_or("no such member")?.index)
}

#[derive(Default)]
struct World {
    members: HashMap<u64, Member>,
    last: u64,
}

impl World {
    fn keep(&mut self, member: Member) -> u64 {
        self.last += 1;
        self.members.insert(self.last, member);
        self.last
    }

    fn member(&mut self, id: &Value) -> Result<&mut Member> {
        let id = id.as_u64().unwrap_or_default();
        self.members.get_mut(&id).ok_or_else(|| format!("no such number: {id}"))
    }

    fn external_join(&mut self, input: &Value) -> Result<Value> {
        let info = MlsMessage::from_bytes(&field(input, "group_info")?).map_err(text)?;
        let identity = field(input, "identity")?;
        let suite = info.cipher_suite().ok_or("not a GroupInfo")?;
        let encrypt = input["encrypt_handshake"] == true;
        let mut member = Member::new(suite, identity.clone(), encrypt)?;
        let mut ids = vec![];
        for psk in input["psks"].as_array().into_iter().flatten() {
            let id = ExternalPskId::new(field(psk, "psk_id")?);
            member.psks.insert(id.clone(), field(psk, "psk_secret")?.into());
            ids.push(id);
        }
        let mut builder = member.client.external_commit_builder().map_err(text)?;
        if let Some(tree) = tree(input)? {
            builder = builder.with_tree_data(tree);
        }
        if input["remove_prior"] == true {
            builder = builder.with_removal(former_leaf(&info, input, &identity)?);
        }
        for id in ids {
            builder = builder.with_external_psk(id);
        }
        let (group, commit) = builder.build(info).map_err(text)?;
        member.group = Some(group);
        let authenticator = member.authenticator()?;
        let commit = hex::encode(commit.to_bytes().map_err(text)?);
        Ok(json!({ "state_id": self.keep(member), "commit": commit,
            "epoch_authenticator": authenticator }))
    }

    fn answer(&mut self, call: &str, input: &Value) -> Result<Value> {
        match call {
            "Name" => Ok(json!({ "name": "mls-rs" })),
            "SupportedCiphersuites" => {
                let all = OpensslCryptoProvider::default().supported_cipher_suites();
                let all: Vec<u16> = all.into_iter().map(u16::from).collect();
                Ok(json!({ "ciphersuites": all }))
            }
            "CreateGroup" => {
                let encrypt = input["encrypt_handshake"] == true;
                let mut member = Member::new(suite(input), field(input, "identity")?, encrypt)?;
                let builder = member.client.group_builder().map_err(text)?;
                let group = builder.with_group_id(field(input, "group_id")?).build();
                member.group = Some(group.map_err(text)?);
                Ok(json!({ "state_id": self.keep(member) }))
            }
            "CreateKeyPackage" => {
                let member = Member::new(suite(input), field(input, "identity")?, false)?;
                let package = member
                    .client
                    .generate_key_package_message(Default::default(), Default::default(), None)
                    .and_then(|m| m.to_bytes())
                    .map_err(text)?;
                let (_, keys) = member.packages.key_packages()[0].clone();
                // Of EdDSA it keeps the seed and the public key behind it.
                let signer = match member.signer.len() {
                    64 | 114 => hex::encode(&member.signer[..member.signer.len() / 2]),
                    _ => hex::encode(&member.signer),
                };
                Ok(json!({ "transaction_id": self.keep(member),
                    "key_package": hex::encode(package),
                    "init_priv": hex::encode(keys.init_key.to_vec()),
                    "encryption_priv": hex::encode(keys.leaf_node_key.to_vec()),
                    "signature_priv": signer }))
            }
            "JoinGroup" => {
                let id = &input["transaction_id"];
                let welcome = MlsMessage::from_bytes(&field(input, "welcome")?).map_err(text)?;
                let tree = tree(input)?;
                let member = self.member(id)?;
                let (group, _) = member.client.join_group(tree, &welcome, None).map_err(text)?;
                member.group = Some(group);
                let encrypt = input["encrypt_handshake"] == true;
                member.rules.0.lock().unwrap().1.encrypt_control_messages = encrypt;
                Ok(json!({ "state_id": id, "epoch_authenticator": member.authenticator()? }))
            }
            "ExternalJoin" => self.external_join(input),
            "StorePSK" => {
                let id = ExternalPskId::new(field(input, "psk_id")?);
                let secret = field(input, "psk_secret")?;
                let member = self.member(&input["state_or_transaction_id"])?;
                member.psks.insert(id, secret.into());
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
    for line in std::io::stdin().lock().lines().map_while(std::result::Result::ok) {
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
