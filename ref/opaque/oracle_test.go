package opaque

import (
	"bytes"
	"testing"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/oprf"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"
)

// properties tries each of all as often as runs says.
func properties(t *testing.T, runs int, all map[string]gopter.Prop) {
	params := gopter.DefaultTestParametersWithSeed(1)
	params.MinSuccessfulTests = runs
	p := gopter.NewProperties(params)
	for name, each := range all {
		p.Property(name, each)
	}
	p.TestingRun(t)
}

var (
	anyBytes  = gen.SliceOf(gen.UInt8())
	anyUint64 = gen.UInt64()
	anySeed   = gen.SliceOfN(Nseed, gen.UInt8())
	// anyScalar is never zero, but for 64 zero bytes.
	anyScalar = gen.SliceOfN(64, gen.UInt8()).Map(func(b []byte) *Scalar { return must(reduce(b)) })
)

// Another implementation of RFC 9497, as client and as server, computes the same: keys
// of seeds, blinded and evaluated elements, outputs.
func TestOPRFAgreesWithCircl(t *testing.T) {
	suite := oprf.SuiteRistretto255
	theirElement := func(b []byte) group.Element {
		e := suite.Group().NewElement()
		if err := e.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		return e
	}
	properties(t, 50, map[string]gopter.Prop{
		"deriveKeyPair": prop.ForAll(func(seed, info []byte) bool {
			theirs := must(oprf.DeriveKey(suite, oprf.BaseMode, seed, info))
			sk, pk := deriveKeyPair(seed, string(info))
			return bytes.Equal(sk.Bytes(), must(theirs.MarshalBinary())) &&
				bytes.Equal(pk.Bytes(), must(theirs.Public().MarshalBinary()))
		}, anySeed, anyBytes),

		"our client, their server": prop.ForAll(func(seed, input []byte, blind *Scalar) bool {
			server := oprf.NewServer(suite, must(oprf.DeriveKey(suite, oprf.BaseMode, seed, nil)))
			blinded := must(blindInput(input, blind))
			evaluation := must(server.Evaluate(&oprf.EvaluationRequest{Elements: []oprf.Blinded{theirElement(blinded.Bytes())}}))
			evaluated := must(ParseElement(must(evaluation.Elements[0].MarshalBinaryCompress())))
			return bytes.Equal(finalize(input, blind, evaluated), must(server.FullEvaluate(input)))
		}, anySeed, anyBytes, anyScalar),

		"their client, our server": prop.ForAll(func(seed, input []byte, blind *Scalar) bool {
			client := oprf.NewClient(suite)
			theirBlind := suite.Group().NewScalar()
			if err := theirBlind.UnmarshalBinary(blind.Bytes()); err != nil {
				return false
			}
			state, request, err := client.DeterministicBlind([][]byte{input}, []oprf.Blind{theirBlind})
			if err != nil {
				return false
			}
			blinded := must(request.Elements[0].MarshalBinaryCompress())
			sk, _ := deriveKeyPair(seed, "")
			evaluated := blindEvaluate(sk, must(ParseElement(blinded)))
			outputs := must(client.Finalize(state, &oprf.Evaluation{Elements: []oprf.Evaluated{theirElement(evaluated.Bytes())}}))
			return bytes.Equal(blinded, must(blindInput(input, blind)).Bytes()) &&
				bytes.Equal(outputs[0], finalize(input, blind, evaluated))
		}, anySeed, anyBytes, anyScalar),
	})
}
