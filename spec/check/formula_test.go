package check

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"math/bits"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// environment has the values that the names of a formula stand for: []byte or int.
type environment map[string]any

// statements cuts a block of formulas into the left and the right side of each.
func statements(text string) (all [][2]string) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, " ") && len(all) > 0 {
			all[len(all)-1][1] += line
			continue
		}
		left, right, _ := strings.Cut(strings.TrimRight(line, "\n"), " =")
		all = append(all, [2]string{strings.TrimSpace(left), right})
	}
	return all
}

var cutPart = regexp.MustCompile(`^(\w+)\[(\d+)\]$`)

// run evaluates a block of formulas and adds what they define to the environment.
// A left side "a[2] || b[3]" cuts the value.
func (env environment) run(text string) (err error) {
	for _, s := range statements(text) {
		value, err := env.evaluate(s[1])
		if err != nil {
			return fmt.Errorf("%s: %w", s[0], err)
		}
		if !strings.Contains(s[0], "||") {
			env[s[0]] = value
			continue
		}
		rest := value.([]byte)
		for part := range strings.SplitSeq(s[0], " || ") {
			m := cutPart.FindStringSubmatch(part)
			n, _ := strconv.Atoi(m[2])
			if n > len(rest) {
				return fmt.Errorf("%s has %d bytes", part, len(rest))
			}
			env[m[1]], rest = rest[:n], rest[n:]
		}
		if len(rest) > 0 {
			return fmt.Errorf("%s leaves %d bytes", s[0], len(rest))
		}
	}
	return nil
}

// evaluate returns the value of a formula. What stands two spaces behind it is a
// remark.
func (env environment) evaluate(text string) (value any, err error) {
	defer func() {
		if mistake := recover(); mistake != nil {
			err = fmt.Errorf("%v in %q", mistake, text)
		}
	}()
	f := &formula{env, text}
	value = f.expression()
	if f.rest != "" && !strings.HasPrefix(f.rest, "  ") && strings.TrimSpace(f.rest) != "" {
		panic("no operator before " + f.rest)
	}
	return value, nil
}

// formula is the part of one that is not read yet. Its methods panic with what is
// wrong.
type formula struct {
	environment
	rest string
}

var (
	operator   = regexp.MustCompile(`^\s*(\|\||XOR|\+|-|with the bits of \w+ cleared)\s*`)
	slice      = regexp.MustCompile(`^\[(\d+)\.\.(\d+)\]`)
	quotation  = regexp.MustCompile(`^"([^"]*)"`)
	oneByte    = regexp.MustCompile(`^0x([0-9a-f]{2})\b`)
	integer    = regexp.MustCompile(`^\d+`)
	identifier = regexp.MustCompile(`^[A-Za-z]\w*(?:-\w+)*(?: (?:[a-wyzA-WYZ]\w*)(?:-\w+)*)*`)
	argument   = regexp.MustCompile(`^\s*([A-Za-z][A-Za-z ]*?)\s*= `)
)

func (f *formula) accept(token *regexp.Regexp) []string {
	m := token.FindStringSubmatch(f.rest)
	if m != nil {
		f.rest = f.rest[len(m[0]):]
	}
	return m
}

func (f *formula) expression() any {
	value := f.term()
	for {
		m := f.accept(operator)
		if m == nil {
			return value
		}
		switch op := m[1]; op {
		case "||":
			value = slices.Concat(value.([]byte), f.term().([]byte))
		case "XOR":
			value = xor(value.([]byte), f.term().([]byte))
		case "+":
			value = value.(int) + f.term().(int)
		case "-":
			value = value.(int) - f.term().(int)
		default:
			name := strings.Fields(op)[4]
			value = value.(int) &^ f.environment[name].(int)
		}
	}
}

func xor(a, b []byte) []byte {
	sum := slices.Clone(a)
	for i := range b {
		sum[i] ^= b[i]
	}
	return sum
}

func (f *formula) term() any {
	f.rest = strings.TrimLeft(f.rest, " \n")
	value := f.primary()
	for m := f.accept(slice); m != nil; m = f.accept(slice) {
		from, _ := strconv.Atoi(m[1])
		to, _ := strconv.Atoi(m[2])
		value = value.([]byte)[from:to]
	}
	return value
}

func (f *formula) primary() any {
	if m := f.accept(quotation); m != nil {
		return []byte(m[1])
	}
	if m := f.accept(oneByte); m != nil {
		b, _ := hex.DecodeString(m[1])
		return b
	}
	if strings.HasPrefix(f.rest, "...") {
		f.rest = f.rest[3:]
		return f.environment["..."]
	}
	if strings.HasPrefix(f.rest, "2^(") {
		f.rest = f.rest[2:]
		return 1 << f.primary().(int)
	}
	if m := f.accept(integer); m != nil {
		n, _ := strconv.Atoi(m[0])
		return n
	}
	if strings.HasPrefix(f.rest, "(") {
		f.rest = f.rest[1:]
		value := f.expression()
		f.closing()
		return value
	}
	m := f.accept(identifier)
	if m == nil {
		panic("no value at " + f.rest)
	}
	if strings.HasPrefix(f.rest, "(") {
		return f.call(m[0])
	}
	value, known := f.environment[m[0]]
	if !known {
		panic("nothing is known of " + m[0])
	}
	return value
}

func (f *formula) closing() {
	if !strings.HasPrefix(f.rest, ")") {
		panic("no ) at " + f.rest)
	}
	f.rest = f.rest[1:]
}

// call evaluates the arguments, which have names or are numbered from 0, and
// applies a function.
func (f *formula) call(name string) any {
	arguments := environment{}
	for f.rest[0] != ')' {
		f.rest = f.rest[1:]
		key := strconv.Itoa(len(arguments))
		if m := f.accept(argument); m != nil {
			key = m[1]
		}
		arguments[key] = f.expression()
	}
	f.closing()
	b := func(name string) []byte { return arguments[name].([]byte) }
	n := func(name string) int { return arguments[name].(int) }
	switch name {
	case "HMAC-SHA-512":
		h := hmac.New(sha512.New, b("key"))
		h.Write(b("1"))
		return h.Sum(nil)
	case "SHA-512":
		sum := sha512.Sum512(b("0"))
		return sum[:]
	case "HKDF-Expand":
		out, err := hkdf.Expand(sha512.New, b("PRK"), string(b("info")), n("L"))
		if err != nil {
			panic(err)
		}
		return out
	case "AES-256-GCM":
		block, err := aes.NewCipher(b("0"))
		if err != nil {
			panic(err)
		}
		gcm, err := cipher.NewGCM(block)
		if err != nil {
			panic(err)
		}
		return gcm.Seal(nil, b("1"), b("plaintext"), b("additional data"))
	case "Argon2id":
		return argon2.IDKey(b("P"), b("S"), uint32(n("t")), uint32(n("m")), uint8(n("p")), uint32(n("T")))
	case "uint96":
		return binary.BigEndian.AppendUint64(make([]byte, 4), uint64(n("0")))
	case "log2": // always within floor
		return bits.Len(uint(n("0"))) - 1
	case "floor":
		return n("0")
	case "Derive":
		env := maps.Clone(f.environment)
		env["K"], env["label"] = b("0"), b("1")
		value, err := env.evaluate(string(f.environment["Derive"].([]byte)))
		if err != nil {
			panic(err)
		}
		return value
	}
	panic("there is no function " + name)
}
