package vectors

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// MaxBytes is the greatest length of a byte string in a case, in bytes. Twice
// as many hexadecimal digits fit a line of the protocol.
const MaxBytes = 24 << 20

// shortestRun is the number of equal bytes from which Bytes writes a repetition.
const shortestRun = 129

// Bytes writes b as a case file does: lower-case hexadecimal, in which every
// run of 129 or more equal bytes is a group of its own, "00*16384". Groups are
// separated by one space.
func Bytes(b []byte) string {
	var groups []string
	plain := 0 // where the bytes begin that no group holds yet
	for i := 0; i < len(b); {
		end := i + 1
		for end < len(b) && b[end] == b[i] {
			end++
		}
		if end-i >= shortestRun {
			if plain < i {
				groups = append(groups, hex.EncodeToString(b[plain:i]))
			}
			groups = append(groups, fmt.Sprintf("%02x*%d", b[i], end-i))
			plain = end
		}
		i = end
	}
	if plain < len(b) {
		groups = append(groups, hex.EncodeToString(b[plain:]))
	}
	return strings.Join(groups, " ")
}

// stretch is about how many digits of a repetition are made at once.
const stretch = 1 << 14

// Expand returns the plain hexadecimal digits of a byte string in the notation
// of Bytes. It accepts groups of any length and any count of repetitions from 1.
func Expand(s string) (string, error) {
	size, err := ExpandedSize(s)
	if err != nil {
		return "", err
	}
	if isHex(s) {
		return s, nil
	}
	var b strings.Builder
	b.Grow(2 * size)
	for group := range strings.SplitSeq(s, " ") {
		digits, count, _ := strings.Cut(group, "*")
		n, err := strconv.Atoi(cmp.Or(count, "1"))
		if err != nil {
			return "", err // unreachable: ExpandedSize
		}
		some := strings.Repeat(digits, min(n, 1+stretch/len(digits)))
		for left := n * len(digits); left > 0; left -= len(some) {
			b.WriteString(some[:min(left, len(some))])
		}
	}
	return b.String(), nil
}

// ExpandedSize returns the number of bytes of a byte string in the notation of
// Bytes. The errors are those of Expand.
func ExpandedSize(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	size := 0
	for group := range strings.SplitSeq(s, " ") {
		digits, count, repeated := strings.Cut(group, "*")
		n := 1
		if repeated {
			var err error
			if n, err = strconv.Atoi(count); err != nil || n < 1 || strconv.Itoa(n) != count {
				return 0, fmt.Errorf("%q is not a number of repetitions", count)
			}
		}
		if !isHex(digits) || digits == "" {
			return 0, fmt.Errorf("%.40q is not a group of lower-case hexadecimal bytes", digits)
		}
		if n > (MaxBytes-size)/(len(digits)/2) {
			return 0, fmt.Errorf("more than %d bytes", MaxBytes)
		}
		size += n * len(digits) / 2
	}
	return size, nil
}

// isHex reports whether s is plain lower-case hexadecimal of whole bytes.
func isHex(s string) bool {
	for i := range len(s) {
		if !hexDigit[s[i]] {
			return false
		}
	}
	return len(s)%2 == 0
}

var hexDigit = func() (is [256]bool) {
	for _, c := range "0123456789abcdef" {
		is[c] = true
	}
	return is
}()

// byteFields are the names whose strings are byte strings, wherever they stand
// in an input or an output. Other strings are text. In intermediates every
// string is a byte string.
var byteFields = map[string]bool{
	"answers": true, "body": true, "bytes": true, "container": true, "container_id": true, "content": true, "credential": true,
	"derived": true, "digest": true, "excerpts": true, "export_key": true, "head": true, "header": true, "key": true, "key_check": true, "mac": true,
	"message": true, "parts": true, "password": true, "of": true, "plaintext": true, "prepared": true, "previous": true, "prf": true,
	"random": true, "registration": true, "repeat": true, "salt": true, "sealed_key": true, "service": true, "set_id": true, "sha512": true, "slot": true,
	"token": true, "utf8": true, "vault": true, "writer": true,
}

// IsBytes reports whether a string under this name in an input or an output is
// a byte string.
func IsBytes(name string) bool { return byteFields[name] }

// ExpandObject returns an input or an output with every byte string expanded,
// and with the types that decoding gives: Object, []any, json.Number.
func ExpandObject(o Object) (Object, error) { return expand(o, IsBytes) }

// ExpandIntermediates is ExpandObject for intermediates.
func ExpandIntermediates(o Object) (Object, error) {
	return expand(o, func(string) bool { return true })
}

func expand(o Object, isBytes func(string) bool) (Object, error) {
	o, err := AsDecoded(o)
	if err != nil || o == nil {
		return nil, err
	}
	v, err := mapBytes(o, "", isBytes, Expand)
	if err != nil {
		return nil, err
	}
	return v.(Object), nil
}

// IsDecoded reports whether v is made of the types that decoding JSON gives: what
// comes over a line or from a file is, what a program makes need not be.
func IsDecoded(v any) bool {
	switch v := v.(type) {
	case Object:
		for _, member := range v {
			if !IsDecoded(member) {
				return false
			}
		}
		return true
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !IsDecoded(item) })
	case nil, bool, string, json.Number:
		return true
	}
	return false
}

// AsDecoded returns what decoding the encoding of o gives.
func AsDecoded(o Object) (Object, error) {
	if o == nil || IsDecoded(o) {
		return o, nil
	}
	v, err := decodedValue(reflect.ValueOf(o))
	if err != nil {
		return nil, err
	}
	return v.(Object), nil
}

// decodedValue is AsDecoded for what outputs are made of. Encoding them only to
// decode them again takes several times as long.
func decodedValue(v reflect.Value) (any, error) {
	switch {
	case !v.IsValid():
		return nil, nil
	case v.CanInt():
		return json.Number(strconv.FormatInt(v.Int(), 10)), nil
	case v.CanUint():
		return json.Number(strconv.FormatUint(v.Uint(), 10)), nil
	case v.CanFloat():
		return json.Number(strconv.FormatFloat(v.Float(), 'f', -1, 64)), nil
	case (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.IsNil():
		return nil, nil
	}
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.String:
		if n, ok := v.Interface().(json.Number); ok {
			return n, nil
		}
		return v.String(), nil
	case reflect.Interface, reflect.Pointer:
		return decodedValue(v.Elem())
	case reflect.Slice, reflect.Array:
		list := make([]any, v.Len())
		for i := range list {
			var err error
			if list[i], err = decodedValue(v.Index(i)); err != nil {
				return nil, err
			}
		}
		return list, nil
	case reflect.Map:
		o := make(Object, v.Len())
		for name, member := range v.Seq2() {
			var err error
			if o[name.String()], err = decodedValue(member); err != nil {
				return nil, err
			}
		}
		return o, nil
	}
	return nil, fmt.Errorf("a %v is no value of an input or an output", v.Type())
}

// CheckPlain returns an error if a byte string of an input or an output is not
// plain lower-case hexadecimal, as answers must have it.
func CheckPlain(o Object) error {
	_, err := mapBytes(o, "", IsBytes, func(s string) (string, error) {
		if !isHex(s) {
			return "", fmt.Errorf("%.40q is not lower-case hexadecimal", s)
		}
		return s, nil
	})
	return err
}

// mapBytes copies v, which stands under name, with f applied to its byte strings.
func mapBytes(v any, name string, isBytes func(string) bool, f func(string) (string, error)) (any, error) {
	switch v := v.(type) {
	case Object:
		out := make(Object, len(v))
		for k, e := range v {
			mapped, err := mapBytes(e, k, isBytes, f)
			if err != nil {
				return nil, err
			}
			out[k] = mapped
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			mapped, err := mapBytes(e, name, isBytes, f)
			if err != nil {
				return nil, err
			}
			out[i] = mapped
		}
		return out, nil
	case string:
		if !isBytes(name) {
			return v, nil
		}
		s, err := f(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return s, nil
	}
	return v, nil
}
