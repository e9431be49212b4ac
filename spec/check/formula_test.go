package check

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
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

var (
	oneByte = regexp.MustCompile(`\b0x([0-9a-f]{2})\b`)
	cleared = regexp.MustCompile(`with the bits of (\w+) cleared`)
	part    = regexp.MustCompile(`(\w+)\[(\d+)\.\.(\d+)\]`)
	xor     = regexp.MustCompile(`(\w+) XOR (\w+)`)
	call    = regexp.MustCompile(`\b([A-Za-z][\w-]*)\(([^()]*)\)`)
)

// evaluate returns the value of a formula: as Go evaluates it after it is written as a
// constant expression, in which the parts, sums and calls that are none in Go have
// given way to constants. Of one line, what stands after two spaces is a remark.
func (env environment) evaluate(text string) (value any, err error) {
	defer func() {
		if mistake := recover(); mistake != nil {
			err = fmt.Errorf("%v in %q", mistake, text)
		}
	}()
	if !strings.Contains(text, "\n") {
		text, _, _ = strings.Cut(strings.TrimSpace(text), "  ")
	}
	text = strings.Join(strings.Fields(text), " ")
	known := maps.Clone(env)
	for i, name := range slices.Sorted(maps.Keys(env)) {
		if !token.IsIdentifier(name) && strings.Contains(text, name) {
			known[fmt.Sprint("name", i)] = env[name]
			text = strings.ReplaceAll(text, name, fmt.Sprint("name", i))
		}
	}
	text = strings.NewReplacer("||", "+", "2^", "1<<").Replace(text)
	text = cleared.ReplaceAllString(oneByte.ReplaceAllString(text, `"\x$1"`), "&^ $1")
	for {
		at, value := known.innermost(text)
		if at == nil {
			return known.constant(text)
		}
		name := fmt.Sprint("value", len(known))
		known[name] = value
		text = text[:at[0]] + name + text[at[1]:]
	}
}

// innermost finds a part, a sum or a call with nothing of the kind in it, and returns
// its value.
func (env environment) innermost(text string) (at []int, value any) {
	operands := func(r *regexp.Regexp) (all []string) {
		at = r.FindStringIndex(text)
		return r.FindStringSubmatch(text)
	}
	if m := operands(part); m != nil {
		from, _ := strconv.Atoi(m[2])
		to, _ := strconv.Atoi(m[3])
		return at, env[m[1]].([]byte)[from:to]
	}
	if m := operands(call); m != nil {
		return at, env.call(m[1], m[2])
	}
	if m := operands(xor); m != nil {
		sum := slices.Clone(env[m[1]].([]byte))
		for i, b := range env[m[2]].([]byte) {
			sum[i] ^= b
		}
		return at, sum
	}
	return nil, nil
}

// constant evaluates a constant expression of Go in which the environment's names are
// constants.
func (env environment) constant(expression string) (any, error) {
	scope := types.NewPackage("formula", "formula")
	for name, value := range env {
		kind, c := types.UntypedInt, constant.Value(nil)
		switch value := value.(type) {
		case int:
			c = constant.MakeInt64(int64(value))
		case []byte:
			kind, c = types.UntypedString, constant.MakeString(string(value))
		}
		scope.Scope().Insert(types.NewConst(token.NoPos, scope, name, types.Typ[kind], c))
	}
	result, err := types.Eval(token.NewFileSet(), scope, token.NoPos, expression)
	if err != nil {
		return nil, err
	}
	if result.Value.Kind() == constant.String {
		return []byte(constant.StringVal(result.Value)), nil
	}
	n, _ := constant.Int64Val(result.Value)
	return int(n), nil
}

// call evaluates the arguments, which have names or are numbered from 0, and applies a
// function. It panics with what is wrong.
func (env environment) call(name, text string) any {
	arguments := environment{}
	for argument := range strings.SplitSeq(text, ", ") {
		key, expression, isNamed := strings.Cut(argument, " = ")
		if !isNamed {
			key, expression = strconv.Itoa(len(arguments)), argument
		}
		value, err := env.constant(expression)
		if err != nil {
			panic(err)
		}
		arguments[key] = value
	}
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
		within := maps.Clone(env)
		within["K"], within["label"] = b("0"), b("1")
		value, err := within.evaluate(string(env["Derive"].([]byte)))
		if err != nil {
			panic(err)
		}
		return value
	}
	panic("there is no function " + name)
}
