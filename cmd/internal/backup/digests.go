package backup

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"io"

	"github.com/coffer-format/coffer/ref/archive"
)

// digestSize is the length of the digest of a block. Digests are keyed, so that nobody who
// sends messages can prepare two blocks with one digest.
const digestSize = 16

// least is the size of the smallest file of which digests are kept: smaller ones are sealed
// again whole.
const leastDigested = 16 * archive.BlockSize

// digester digests the blocks of what is written to it, by GMAC with one nonce (NIST SP
// 800-38D). As a signature that would be unsafe, since tags under one nonce give the key away:
// these never leave the device. To those who see none of them it is a universal hash, by which
// two blocks have one digest with a probability of 2^-119, and several times as fast as HMAC.
type digester struct {
	mac     cipher.AEAD
	block   []byte // what was written of the block that is being digested
	tag     []byte // room for one digest
	digests []byte
}

func newDigester(seed *[32]byte) *digester {
	block, err := aes.NewCipher(seed[:])
	if err != nil {
		panic(err) // a key of 32 bytes has the right length
	}
	mac, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has blocks of 16 bytes
	}
	return &digester{mac: mac, block: make([]byte, 0, archive.BlockSize)}
}

func (d *digester) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if len(d.block) == 0 && len(p) >= archive.BlockSize {
			d.digest(p[:archive.BlockSize])
			p = p[archive.BlockSize:]
			continue
		}
		part := p[:min(len(p), archive.BlockSize-len(d.block))]
		d.block = append(d.block, part...)
		p = p[len(part):]
		if len(d.block) == archive.BlockSize {
			d.end()
		}
	}
	return n, nil
}

func (d *digester) digest(block []byte) {
	var nonce [12]byte
	d.tag = d.mac.Seal(d.tag[:0], nonce[:], nil, block)
	d.digests = append(d.digests, d.tag...) // Seal itself would copy all of them for each
}

// end ends a block.
func (d *digester) end() {
	if len(d.block) > 0 {
		d.digest(d.block)
		d.block = d.block[:0]
	}
}

// sum returns the digests of all blocks.
func (d *digester) sum() []byte {
	d.end()
	return d.digests
}

// digestsOf digests the blocks of some content.
func digestsOf(seed *[32]byte, r io.Reader) ([]byte, error) {
	d := newDigester(seed)
	_, err := io.CopyBuffer(d, r, make([]byte, 64*archive.BlockSize))
	return d.sum(), err
}

// differing says which blocks have other digests now than before.
func differing(before, now []byte) []bool {
	changed := make([]bool, len(now)/digestSize)
	for i := range changed {
		at := i * digestSize
		changed[i] = at+digestSize > len(before) || !bytes.Equal(before[at:at+digestSize], now[at:at+digestSize])
	}
	return changed
}

// blocks reads the blocks of some runs, one after another.
func blocks(r io.ReaderAt, runs []archive.Run, size int64) io.Reader {
	var parts []io.Reader
	for _, run := range runs {
		first := int64(run.First) * archive.BlockSize
		end := min(first+int64(run.Count)*archive.BlockSize, size)
		parts = append(parts, io.NewSectionReader(r, first, end-first))
	}
	return io.MultiReader(parts...)
}

// replaceDigests puts the digests of the blocks of some runs into those of all blocks.
func replaceDigests(all []byte, runs []archive.Run, sealed []byte) {
	for _, run := range runs {
		n := copy(all[int(run.First)*digestSize:], sealed[:int(run.Count)*digestSize])
		sealed = sealed[n:]
	}
}
