package reference

import (
	"encoding/hex"
	"reflect"
	"strings"

	"github.com/go-viper/mapstructure/v2"

	"github.com/coffer-format/coffer/vectors"
)

// decode gives the fields of a struct their values of an object. What is
// hexadecimal there, or a recipe, becomes bytes. Encoding the object for
// encoding/json would take several times as long: most of it are long strings.
func decode(o vectors.Object, to any) error {
	d, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{
		Result:       to,
		TagName:      "json",
		Squash:       true,
		MapFieldName: strings.ToLower,
		MatchName:    func(name, field string) bool { return name == field },
		DecodeHook:   mapstructure.DecodeHookFuncType(fromHex),
	})
	if err != nil {
		return err
	}
	return d.Decode(o)
}

// fromHex makes of a value of the protocol one of the types that stand for bytes.
func fromHex(_, to reflect.Type, v any) (any, error) {
	switch to {
	case reflect.TypeFor[octets]():
		b, err := hex.DecodeString(v.(string))
		return octets(b), err
	case reflect.TypeFor[octets32]():
		var b octets32
		err := b.UnmarshalText([]byte(v.(string)))
		return b, err
	case reflect.TypeFor[data]():
		return toData(v)
	}
	return v, nil
}

// toData returns bytes that are given in full or as a recipe.
func toData(v any) (data, error) {
	if text, ok := v.(string); ok {
		b, err := hex.DecodeString(text)
		return inFull(b), err
	}
	var recipe struct {
		Length int64
		Repeat octets
		Parts  [][]any
	}
	if err := decode(v.(vectors.Object), &recipe); err != nil {
		return data{}, err
	}
	var parts []part
	for _, p := range recipe.Parts {
		var one struct {
			Offset int64
			Bytes  octets
		}
		if err := decode(vectors.Object{"offset": p[0], "bytes": p[1]}, &one); err != nil {
			return data{}, err
		}
		parts = append(parts, part{one.Offset, []byte(one.Bytes)})
	}
	return newRecipe(recipe.Length, []byte(recipe.Repeat), parts)
}
