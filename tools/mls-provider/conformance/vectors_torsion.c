/* SPDX-License-Identifier: MIT */
/*
 * EdDSA whose A or R lies outside of the subgroup that B generates: verdicts
 * that RFC 8032 leaves open.  Only who holds the key can make such signatures.
 *
 * Made with big integers after RFC 8032 §5.1.6 and §5.2.6, where a is
 * 0x0123456789abcdef and r 0xfedcba9876543210: A is a B, R is r B, to which a
 * point of order 2, 4 or 8 (T2, T4, T8; T4 of Ed448 has x of 1) was added
 * before k was computed; S is r + k a.  The message is the least octet whose k
 * is as it says.  In the last one of each curve r is 0.
 */
#include "vectors.h"

#include <stddef.h>

const struct conf_torsion_vector conf_torsions[] = {
	{ 0x0807, false, "T2 in R",
	    "4007da55933fc4e347bc451b387cfef6b0dfec7b14da5aab1738f47c52f77b70",
	    "00",
	    "b04f060ad679d658d492032c68a5b81e35a3ed0d1fb75e6b0e432fed4c9179c0"
	    "f13ff9a077059cdde0b3244737d86b52cab5020d25315e1d2c46312933624905" },
	{ 0x0807, false, "T4 in R",
	    "4007da55933fc4e347bc451b387cfef6b0dfec7b14da5aab1738f47c52f77b70",
	    "00",
	    "626fe1fc2e8c932588c66677d09d37e54bc4f8b9c71c3b0f39e039e4babe3b74"
	    "829c1911b7f97a7738bd05421f5728aea8dba76541dbd1369ec1402a1a8f9607" },
	{ 0x0807, false, "T8 in R",
	    "4007da55933fc4e347bc451b387cfef6b0dfec7b14da5aab1738f47c52f77b70",
	    "00",
	    "1541e3eac7c3e621230d95d691a5841c71d832a7dff8178a75e3a5ea2db599f2"
	    "c16296e0c044605cf52a4403343d82e0e17b687dec54937e889022de3daf390a" },
	{ 0x0807, true, "T8 in A, which k makes nothing",
	    "d1b73b33ec0b032dae165de0eae0def87438b7abefce1dee39316ce68e224a15",
	    "01",
	    "3db0f9f5298629a72b6dfcd3975a47e1ca5c12f2e048a194f1bcd012b36e863f"
	    "a859c29f01db4fb1503f2b68b71941c01e79bd55aea0d0651fa7404400ebb203" },
	{ 0x0807, true, "T2 in A, which k makes nothing",
	    "adf825aa6cc03b1cb843bae4c78301094f201384eb25a554e8c70b83ad08848f",
	    "01",
	    "3db0f9f5298629a72b6dfcd3975a47e1ca5c12f2e048a194f1bcd012b36e863f"
	    "f8df041a0f100355c19b1bc6a77097b1960941ae6d9a0d71e3828d765c75ca0c" },
	{ 0x0807, false, "T2 in A",
	    "adf825aa6cc03b1cb843bae4c78301094f201384eb25a554e8c70b83ad08848f",
	    "00",
	    "3db0f9f5298629a72b6dfcd3975a47e1ca5c12f2e048a194f1bcd012b36e863f"
	    "f8f2baff88d400c1e113cb9ed5f1e7f6d8e3b3192aa191962b7722eeebdf4b09" },
	{ 0x0807, false, "T8 in A, which k makes nothing before it is reduced",
	    "d1b73b33ec0b032dae165de0eae0def87438b7abefce1dee39316ce68e224a15",
	    "08",
	    "3db0f9f5298629a72b6dfcd3975a47e1ca5c12f2e048a194f1bcd012b36e863f"
	    "9fb2ff3d4c1b24868d1415ab22d861609e2470b3753ebe5b05196de5b8958a02" },
	{ 0x0807, false, "T8 in A, which L - k makes nothing",
	    "d1b73b33ec0b032dae165de0eae0def87438b7abefce1dee39316ce68e224a15",
	    "04",
	    "3db0f9f5298629a72b6dfcd3975a47e1ca5c12f2e048a194f1bcd012b36e863f"
	    "97ddd15fe20e3324337d6765a2f88a8bd060809cf2d22903d5821f5e1e763001" },
	{ 0x0807, true, "T8 in A and R, which cancel out",
	    "d1b73b33ec0b032dae165de0eae0def87438b7abefce1dee39316ce68e224a15",
	    "01",
	    "1541e3eac7c3e621230d95d691a5841c71d832a7dff8178a75e3a5ea2db599f2"
	    "c7399d35ad91530256ecac95034ac9751c9edb8f3dc8fc59230bc5de363d8903" },
	{ 0x0807, false, "T8 in A and R, which do not cancel out",
	    "d1b73b33ec0b032dae165de0eae0def87438b7abefce1dee39316ce68e224a15",
	    "00",
	    "1541e3eac7c3e621230d95d691a5841c71d832a7dff8178a75e3a5ea2db599f2"
	    "77e4ca477d58380dc7c6ab9a9f58bc3a4fd370b4d4e8ba4b60505f0bcdef7409" },
	{ 0x0807, false, "R the neutral point, with y of p + 1",
	    "4007da55933fc4e347bc451b387cfef6b0dfec7b14da5aab1738f47c52f77b70",
	    "00",
	    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
	    "56910b1e9619e1f545bfb9c583818d58d08e4c22b42bc212ebd6ab46f126720f" },
	{ 0x0808, true, "T2 in R",
	    "f9ed0694528cd878c3499c2e9bcc49ea4b14f376d29e79ce4720fbe6deb126be"
	    "b7a2a17bc1f3b77ed9ce0edef8ba25885e890195e444d04d00",
	    "00",
	    "9448d9632e3bf3c88c7f5c0c75fbf83b28e32eeb9440065bf03032159998b800"
	    "b93f232eae54cbdf9e8fee9045d79493d789231e38f9d5f900f1b9a7f8bc9717"
	    "c45b06526f76e318c249eceaf172136cff7629c1ffaa1c71d365ae5e65160be9"
	    "fe338b8185aa762549b0992050e832540100" },
	{ 0x0808, true, "T4 in R",
	    "f9ed0694528cd878c3499c2e9bcc49ea4b14f376d29e79ce4720fbe6deb126be"
	    "b7a2a17bc1f3b77ed9ce0edef8ba25885e890195e444d04d00",
	    "00",
	    "50d3a5f702a005b199f4a247c025de4cf8f0268b11e297c8ebc6cc36059dca42"
	    "e60d50574cf7ef8d4926bf1dbcdc62ea47d77dd01d17389480fd57d4d42b771b"
	    "fc569b8debfcfafaa4a02642d9c7b89ebdaa63696210ee23063eb609d1a9f327"
	    "8a3f698f02a89729f819ce9a7e1971820b00" },
	{ 0x0808, true, "T2 in A",
	    "0612f96bad7327873cb663d16433b615b4eb0c892d618631b8df0419204ed941"
	    "485d5e843e0c48812631f1210745da77a176fe6a1bbb2fb280",
	    "03",
	    "6bb7269cd1c40c377380a3f38a0407c4d71cd1146bbff9a40fcfcdea656747ff"
	    "46c0dcd151ab34206170116fba286b6c2876dce1c7062a06809304dca18131c0"
	    "e4265df226143d009b70d443c0f3135f1366c92a90669cf58dcff09f5d66ae64"
	    "d481edac72441736671252a2bf531d190b00" },
	{ 0x0808, true, "T4 in A",
	    "dd7f7577ef9bc32c09e9116ec263a0697dc40e648532ba4ff8a4be34edb890a2"
	    "a6619073e1ccbbbecbc45bf2ab81673322fbfbc15cc6d61080",
	    "00",
	    "6bb7269cd1c40c377380a3f38a0407c4d71cd1146bbff9a40fcfcdea656747ff"
	    "46c0dcd151ab34206170116fba286b6c2876dce1c7062a06809da03169b7f082"
	    "0a2435d32f7c776a74fc5abc6a5ce7ddc3f56b8206fea2eef348e0662470bf6c"
	    "693aa20ca5a7c38c2b25da765e5813320400" },
	{ 0x0808, true, "T4 in A and R, which cancel out",
	    "dd7f7577ef9bc32c09e9116ec263a0697dc40e648532ba4ff8a4be34edb890a2"
	    "a6619073e1ccbbbecbc45bf2ab81673322fbfbc15cc6d61080",
	    "00",
	    "50d3a5f702a005b199f4a247c025de4cf8f0268b11e297c8ebc6cc36059dca42"
	    "e60d50574cf7ef8d4926bf1dbcdc62ea47d77dd01d173894801b9e6388989503"
	    "64fef154e47bced5f7fb2ea8f6167fc6712ba142e589f5e6ad33481163c9ff34"
	    "fed7abdd65d561802fbfe290a75a71b23d00" },
	{ 0x0808, true, "T4 in A and R, which do not cancel out",
	    "dd7f7577ef9bc32c09e9116ec263a0697dc40e648532ba4ff8a4be34edb890a2"
	    "a6619073e1ccbbbecbc45bf2ab81673322fbfbc15cc6d61080",
	    "05",
	    "50d3a5f702a005b199f4a247c025de4cf8f0268b11e297c8ebc6cc36059dca42"
	    "e60d50574cf7ef8d4926bf1dbcdc62ea47d77dd01d173894803bf0f7bd50bffb"
	    "bd9d795cbd8338aec7141da27e83c989ec298f12db00a21cf38e4346430b4eac"
	    "fb6e8486fb46e521fcc38662d8b1070b0d00" },
	{ 0x0808, false, "R the neutral point, with y of p + 1",
	    "f9ed0694528cd878c3499c2e9bcc49ea4b14f376d29e79ce4720fbe6deb126be"
	    "b7a2a17bc1f3b77ed9ce0edef8ba25885e890195e444d04d00",
	    "00",
	    "00000000000000000000000000000000000000000000000000000000ffffffff"
	    "ffffffffffffffffffffffffffffffffffffffffffffffff008fd378f1b463b0"
	    "2d6af368f90256e6a4c83a6664b7650421cb01568a942c8af9b07b8eeb75f97e"
	    "644fac5f48619ec38f30006cecf827733900" },
	{ 0, false, NULL, NULL, NULL, NULL },
};
