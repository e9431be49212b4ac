package opaque

import (
	"crypto/sha512"
	"fmt"
	"slices"
)

// contextString is that of RFC 9497, section 3.1, for modeOPRF.
const contextString = "OPRFV1-\x00-ristretto255-SHA512"

// concat puts byte strings together. [1.2]
func concat(parts ...[]byte) []byte { return slices.Concat(parts...) }

// i2osp1 and i2osp2 are I2OSP(n, 1) and I2OSP(n, 2). [1.2]
func i2osp1(n int) []byte { return []byte{byte(n)} }
func i2osp2(n int) []byte { return []byte{byte(n >> 8), byte(n)} }

// hash is Hash. [2.3]
func hash(msg []byte) []byte {
	sum := sha512.Sum512(msg)
	return sum[:]
}

// expandMessage is expand_message_xmd of RFC 9380, section 5.3.1, with SHA-512, for 64
// bytes, which are one block.
func expandMessage(msg []byte, dst string) []byte {
	const size = 64
	dstPrime := concat([]byte(dst), i2osp1(len(dst)))
	zPad := make([]byte, sha512.BlockSize)
	msgPrime := concat(zPad, msg, i2osp2(size), i2osp1(0), dstPrime)
	defer clear(msgPrime)
	b0 := hash(msgPrime)
	return hash(concat(b0, i2osp1(1), dstPrime))
}

// hashToGroup is HashToGroup of RFC 9497, section 4.1: hash_to_ristretto255 of RFC
// 9380, appendix B. Error: ErrDeserialize for an input that maps to the identity.
func hashToGroup(input []byte) (*Element, error) {
	var e Element
	if _, err := e.point.SetUniformBytes(expandMessage(input, "HashToGroup-"+contextString)); err != nil {
		panic(err) // only for another length than 64 bytes
	}
	return e.notIdentity()
}

// deriveKeyPair is DeriveKeyPair of RFC 9497, section 3.2.1. The seed has Nseed bytes.
func deriveKeyPair(seed []byte, info string) (*Scalar, *Element) {
	for counter := range 256 {
		deriveInput := concat(seed, i2osp2(len(info)), []byte(info), i2osp1(counter))
		uniform := expandMessage(deriveInput, "DeriveKeyPair"+contextString)
		sk, err := reduce(uniform)
		clear(deriveInput)
		clear(uniform)
		if err == nil {
			return sk, sk.timesGenerator()
		}
	}
	panic("opaque: SHA-512 gave zero 256 times in a row") // DeriveKeyPairError
}

// blindInput is Blind of RFC 9497, section 3.3.1, with a given blind. Error:
// ErrInvalidInput.
func blindInput(input []byte, blind *Scalar) (*Element, error) {
	if len(input) > maxPassword {
		return nil, fmt.Errorf("%w: a password of %d bytes, more than %d", ErrInvalidInput, len(input), maxPassword)
	}
	inputElement, err := hashToGroup(input)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalidInput, err)
	}
	return blind.times(inputElement), nil
}

// blindEvaluate is BlindEvaluate of RFC 9497, section 3.3.1.
func blindEvaluate(sk *Scalar, blindedElement *Element) *Element { return sk.times(blindedElement) }

// finalize is Finalize of RFC 9497, section 3.3.1. It returns Nh bytes.
func finalize(input []byte, blind *Scalar, evaluatedElement *Element) []byte {
	inverse := blind.inverse()
	defer inverse.erase()
	unblindedElement := inverse.times(evaluatedElement).Bytes()
	defer clear(unblindedElement)
	hashInput := concat(i2osp2(len(input)), input,
		i2osp2(len(unblindedElement)), unblindedElement,
		[]byte("Finalize"))
	defer clear(hashInput)
	return hash(hashInput)
}
