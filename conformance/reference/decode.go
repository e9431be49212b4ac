package reference

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/coffer-format/coffer/vectors"
)

// decode gives the fields of a struct their values of an object: a field's name is its
// tag, or its name in Go in lower case. What is hexadecimal there, or a recipe, becomes
// bytes. Encoding the object for encoding/json would take several times as long: most of
// it are long strings.
func decode(o vectors.Object, to any) error {
	o, err := vectors.AsDecoded(o)
	if err != nil {
		return err
	}
	return assign(reflect.ValueOf(to).Elem(), o)
}

// assign gives a variable a value of the protocol. Null leaves it as it is.
func assign(to reflect.Value, v any) (err error) {
	if v == nil {
		return nil
	}
	switch to := to.Addr().Interface().(type) {
	case *octets:
		b, err := hex.DecodeString(v.(string))
		*to = octets(b)
		return err
	case *octets32:
		return to.UnmarshalText([]byte(v.(string)))
	case *data:
		*to, err = toData(v)
		return err
	}
	if to.Kind() == reflect.Pointer {
		to.Set(reflect.New(to.Type().Elem()))
		return assign(to.Elem(), v)
	}
	switch v := v.(type) {
	case vectors.Object:
		return setFields(to, v)
	case []any:
		if to.Kind() == reflect.Slice {
			to.Set(reflect.MakeSlice(to.Type(), len(v), len(v)))
		}
		for i, item := range v {
			if err := assign(to.Index(i), item); err != nil {
				return err
			}
		}
	case string:
		to.SetString(v)
	case bool:
		to.SetBool(v)
	case json.Number:
		return setNumber(to, string(v))
	}
	return nil
}

func setFields(to reflect.Value, o vectors.Object) error {
	for field, v := range to.Fields() {
		if field.Anonymous {
			if err := setFields(v, o); err != nil {
				return err
			}
			continue
		}
		name := field.Tag.Get("json")
		if name == "" {
			name = strings.ToLower(field.Name)
		}
		if value, ok := o[name]; ok {
			if err := assign(v, value); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

func setNumber(to reflect.Value, text string) error {
	if to.CanInt() {
		n, err := strconv.ParseInt(text, 10, to.Type().Bits())
		to.SetInt(n)
		return err
	}
	n, err := strconv.ParseUint(text, 10, to.Type().Bits())
	to.SetUint(n)
	return err
}

// toData returns bytes that are given in full or as a recipe.
func toData(v any) (data, error) {
	if text, ok := v.(string); ok {
		b, err := hex.DecodeString(text)
		return inFull(b), err
	}
	o := v.(vectors.Object)
	var recipe struct {
		Length int64
		Repeat octets
	}
	if err := decode(o, &recipe); err != nil {
		return data{}, err
	}
	given, _ := o["parts"].([]any)
	var parts []part
	for _, p := range given {
		pair := p.([]any)
		var one struct {
			Offset int64
			Bytes  octets
		}
		if err := decode(vectors.Object{"offset": pair[0], "bytes": pair[1]}, &one); err != nil {
			return data{}, err
		}
		parts = append(parts, part{one.Offset, []byte(one.Bytes)})
	}
	return newRecipe(recipe.Length, []byte(recipe.Repeat), parts)
}
