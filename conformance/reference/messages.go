package reference

import (
	"errors"
	"io"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

func derivedValues(inputKey, salt []byte, context string) vectors.Object {
	d := cobblestone.Derive(inputKey, salt, context)
	return vectors.Object{
		"derived_key": toHex(d.Key[:]),
		"base_nonce":  toHex(d.BaseNonce[:]),
		"commitment":  toHex(d.Commitment[:]),
	}
}

func cobblestoneSeal(in struct {
	Key       octets32
	Salt      octets
	Context   string
	Plaintext data
	Delivery  delivery
	Excerpts  excerpts
},
) (result, error) {
	message := in.Excerpts.sink()
	if err := in.Delivery.seal(message, in.Key[:], in.Salt.bytes(), in.Context, in.Plaintext); err != nil {
		return result{}, err
	}
	return result{
		output:        vectors.Object{"message": message.value()},
		intermediates: derivedValues(in.Key[:], in.Salt.bytes(), in.Context),
	}, nil
}

// message is the input of every op that opens a message.
type message struct {
	Key     octets32
	Context string
	Message data
}

// intermediates are those of a message that has a salt.
func (in message) intermediates() vectors.Object {
	salt := make([]byte, cobblestone.SaltSize)
	if n, _ := in.Message.ReadAt(salt, 0); n < len(salt) {
		return nil
	}
	return derivedValues(in.Key[:], salt, in.Context)
}

func (in message) open() (*cobblestone.ReaderAt, error) {
	return cobblestone.NewReaderAt(in.Message, in.Message.length, in.Key[:], in.Context)
}

// cobblestoneOpen streams, so that what it released before an error is what a
// streaming reader delivers.
func cobblestoneOpen(in struct {
	message
	Delivery delivery
	Excerpts excerpts
},
) (result, error) {
	r := result{intermediates: in.intermediates()}
	plaintext := in.Excerpts.sink()
	stream, err := cobblestone.NewReader(in.Delivery.stream(in.Message), in.Key[:], in.Context)
	if err == nil {
		err = in.Delivery.drain(plaintext, stream)
	}
	if err != nil {
		r.released = plaintext.released()
		return r, err
	}
	r.output = vectors.Object{"plaintext": plaintext.value()}
	return r, nil
}

func cobblestoneRead(in struct {
	message
	Offset, Length int64
},
) (result, error) {
	r, err := in.open()
	if err != nil {
		return result{}, err
	}
	part, err := readRange(r, in.Offset, in.Length)
	return result{output: vectors.Object{"plaintext": toHex(part)}}, err
}

// readRange returns what there is of a range. A range of which there is nothing
// is asked for all the same: an error that was met before is its answer, too.
func readRange(r *cobblestone.ReaderAt, offset, length int64) ([]byte, error) {
	part := make([]byte, max(0, min(length, r.Size()-offset+1))) // a byte more than there is, if that is asked for
	n, err := r.ReadAt(part, offset)
	if err == io.EOF {
		err = nil
	}
	return part[:n], err
}

func cobblestoneReads(in struct {
	message
	Ranges [][2]int64
},
) (result, error) {
	answers := []vectors.Object{}
	r, opening := in.open()
	for _, asked := range in.Ranges {
		var part []byte
		err := opening
		if err == nil {
			part, err = readRange(r, asked[0], asked[1])
		}
		var named *fault.Error
		switch {
		case err == nil:
			answers = append(answers, vectors.Object{"plaintext": toHex(part)})
		case errors.As(err, &named):
			answers = append(answers, vectors.Object{"error": string(named.Name)})
		default:
			return result{}, err
		}
	}
	return result{output: vectors.Object{"answers": answers}}, nil
}
