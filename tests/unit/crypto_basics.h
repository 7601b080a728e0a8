/* SPDX-License-Identifier: MIT */
#ifndef TESTS_CRYPTO_BASICS_H
#define TESTS_CRYPTO_BASICS_H

#include <stdint.h>

/* Values of the official crypto-basics vectors. */
static const struct basics {
	uint16_t suite;
	uint32_t generation;
	const char *ref_value, *ref_out;
	const char *expand_secret, *expand_context, *expand_out;
	const char *derive_secret, *derive_out;
	const char *tree_secret, *tree_out;
	const char *sign_priv, *sign_pub, *content, *signature;
} basics[] = {
	{
		.suite = 1,
		.ref_value =
		    "40312db83f651883c05ab26fa12c6af61930015c81947cfd0f129e6d9921"
		    "0bb2",
		.ref_out =
		    "e8027fffc5f9bb469f29172538dc0f3a78f14f323495bbd2217eba7a77fb"
		    "242a",
		.expand_secret =
		    "1499360a561335f4ef51d0a1b0d586900dc8007ae405b1ab79bf4207bb3d"
		    "67e4",
		.expand_context =
		    "2ff8c1f9d9c1248f82e372ddb5791c771695e01882abca6a64097bd2f04c"
		    "971f",
		.expand_out = "c1e8eb360391526c0c64039f13e0c5b1",
		.derive_secret =
		    "1a9ce178a53f8752d2513c27efe9c85133f6c0a97f7b35ac200695024a77"
		    "228e",
		.derive_out =
		    "3b08c195a246c4ad469c1d11c10e62890d8fa6b684494ff925409efdb1ff"
		    "0464",
		.tree_secret =
		    "5133c6f8bad297f5d3beacdf477f0c45ec51b02de659d305220c5f9385c6"
		    "eb43",
		.generation = 2694881440u,
		.tree_out =
		    "8461f3ccc603eae52149a23a4134d29c880a1ad1ba70441e5d586e3521ec"
		    "7b25",
		.sign_priv =
		    "a2f640dd5005fcad6adb8e9bd8b60d70946bb802e1e788307929fdac81e1"
		    "ec74",
		.sign_pub =
		    "85600e54e5c2919ccbd0742126e5d837cf7a2ba50d75a69b3f35dcfe4a50"
		    "ffe2",
		.content =
		    "cd289cc7ba2869f64f3c32ffd133f500d17abace919a5ffe7faa974200d8"
		    "1932",
		.signature =
		    "996bd223ddb4d55a2b57d85cb2944f21facc95696053ddf66d590060fdc7"
		    "19f4a26c6212ce605414e0d5e66a55921dd99d11122218c35bc23408b007"
		    "6e8bc40b",
	},
	{
		.suite = 2,
		.ref_value =
		    "feb64672017685dc26d0b7fc41cd96d8bef40af09002eb5aa9a52580c80f"
		    "0b2e",
		.ref_out =
		    "8f508c2f89d2797b6882ee487dc2832b2b6d59b27681293c2c2c3f1f0e6c"
		    "d54f",
		.expand_secret =
		    "194d4e81c3f9fcfbc40e2cf3f5b104d0f51e71b5a7f1e4ddd70cc8d4a362"
		    "0e5f",
		.expand_context =
		    "453c420d63ecb1a8da89d3569770c42bad572864f3709d1e9dd19a0961cb"
		    "f5e1",
		.expand_out = "5710680c556304f4aec67aab4abbc1b1",
		.derive_secret =
		    "7165576616048aa145d20f7c1d460e2d9d8bbde882bc3bb0750d50e36980"
		    "9f99",
		.derive_out =
		    "1ecafd3d40cb32cae416e09bc01da56357d00cb094f74e3c69c2969216e5"
		    "0afc",
		.tree_secret =
		    "62db8a06300e98dbfd2c831e18544873cec3a2c1ba852fcee8423ff3c08e"
		    "397e",
		.generation = 2694881440u,
		.tree_out =
		    "298ab27d2e621d9fc079126d9ffce5259fa0d58697267b40bfadf805b01d"
		    "0d3c",
		.sign_priv =
		    "207c472d3efaf6737a6f5ae14a3c33a139034865364a128bca5475c85cc0"
		    "2fe0",
		.sign_pub =
		    "04448971fc06de011d780cf68fd27e2570322d04079f529c3deb48a2015f"
		    "dd828162c570264e051b5856e8111171fb0341907173aefa665682c2549a"
		    "f982a31483",
		.content =
		    "a0dda617ce4685d764c762b11186b6d60ff8de85ff01eca2413bd4ecfd3b"
		    "3a57",
		.signature =
		    "304402206042e397e1bb78951709790e3446b13bf17f9c641aaed92fb176"
		    "8b5bc99dd98402202465153d91dd79e808286088768d8ed150381f367549"
		    "8d6e150ae713be43387b",
	},
	{
		.suite = 5,
		.ref_value =
		    "d033d0d1de66630c0eb70bffa7ad36a170fe00fe11fe1e595910c3ce7d2a"
		    "b1ec21b6a6c1815d6bf6731248908ddcaaf15cbda9cb8cfc9be6a8b5746b"
		    "12d2910d",
		.ref_out =
		    "e41c93df994c4a6195b08e6155022aa8b0f85aa795fd90e789f20709fb6c"
		    "a5b9a348a461e41d155f829e31beb2fee95046fcd25ff8aad476bd237b4a"
		    "6d62e6ae",
		.expand_secret =
		    "6d58f215bcd087e3d759cca1079ab0caa7f7f46cd877ac616fdcc1d7001b"
		    "eda434dfa1bc94db58da6cbc50f866aee57c9b8c03853335d10898a4d89d"
		    "2c5362c1",
		.expand_context =
		    "5d40fba2326929a96e6b25731a26736b268b0cfc9c70a5fdb6797d3bc024"
		    "ecb0c98ee22bbd77c743b9d295b5011b5febdbd48c73a299aacbc4d45554"
		    "03fde017",
		.expand_out =
		    "fe1ad7af92705b6eeed83698913e13a43f229f4c22869d301d12aaccdb69"
		    "1375",
		.derive_secret =
		    "3efe299abc9a73a264098c9beecd6923d8b07bb842537eb21f16e90c4a09"
		    "4512b46f3c1cbef3b86018b2d038f8ba6e874ea3972cebcd21a4ba4eb947"
		    "4cccabb8",
		.derive_out =
		    "53b38636e19310b7a4b7c03b2e908307aea080763c223504ed21b7821bdc"
		    "aad7da9ca68d5196eed9337b2f36b5e23a40404c8a1adf5c92c9bf82d4bd"
		    "cbbb1243",
		.tree_secret =
		    "2d837ce0a4b3277564a9b5895b6cc1795e1c5374e0738a1da67ed4edb32e"
		    "abc7d8825e8bf3391e3ec8ea7212e68147fccdac6ee5f915b75f091e122d"
		    "9036efba",
		.generation = 2694881440u,
		.tree_out =
		    "6b9050104fff086270280532ae5403112071605b27b898359c25c67ff811"
		    "ce68e7c484e9c2fc6bf7fcf3f4203cd6ca6b5ad4d623a82f65307d8e16a3"
		    "45aa5bff",
		.sign_priv =
		    "0075aac2317c4cd22c101bee131cf4eae76960435356436c46ea76cc821f"
		    "66e0c59db66f8f6524cddc621019079b57ec5f105def6c08dcfaa0122480"
		    "a088a5c44b5e",
		.sign_pub =
		    "040049f6755dc251dea75df263286c9617cb676434c1167e14bd48222a15"
		    "e10daa02b9251c432f31c59511e9d9a6132dc2e3a5ee0d001925f4cbf6c9"
		    "aff007e38c61f601501a72177aa3d8836ee7adbce0ad5fedd59d578b1eb5"
		    "d85dfadcae518a8a3d1549c625f47db54040da9325ad5e1273d5df18e99c"
		    "2a6d03d974f404862bf2102054",
		.content =
		    "3ccae9578cddec157c33b42712316cd2b360fa1020c21aa763bff71c6116"
		    "cf93ce9db1ee95028f85c6711675f340f36e1382cfedf59e5b8ae6d85b65"
		    "9cda883d",
		.signature =
		    "308186024160b6fe7407a52fb499a54e7a4b8a095c38c9f7f52dd18c3342"
		    "692027592252fda87b3476d7f433a79c9426b05d66b1d58291e625912483"
		    "e04581fba7cd64c63a920241760fe9615de08c694e7a443a33f2df2ee25f"
		    "55527500616434ff5ba19778f3afac9d5b300a46cfb53cb317e7eb4f1067"
		    "9b09828edf62f529317a8c0d612103b1c5",
	},
};

#define BASICS (sizeof(basics) / sizeof(basics[0]))

#endif
