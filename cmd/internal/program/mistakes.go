package program

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/conformance/suggest"
)

// tellMistakes makes a command, and those below it, say in words what is wrong with its
// flags and arguments.
func tellMistakes(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Value.Type() == "string" {
			f.Value = &once{Value: f.Value}
		}
	})
	check := cmd.Args
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if err := checkFlags(cmd); err != nil || check == nil {
			return err
		}
		err := check(cmd, args)
		var usage UsageError
		switch {
		case err == nil || errors.As(err, &usage):
			return err
		case len(args) == 0:
			return Usagef("it needs an argument: %s", cmd.UseLine())
		}
		return Usagef("it does not take %s: %s", display.Count(len(args), "argument"), cmd.UseLine())
	}
	if cmd.HasSubCommands() && !cmd.Runnable() {
		cmd.Args, cmd.RunE = cobra.ArbitraryArgs, group
	}
	for _, sub := range cmd.Commands() {
		tellMistakes(sub)
	}
}

// once is the value of a flag that is given once: of two, one would be ignored.
type once struct {
	pflag.Value
	given bool
}

var errTwice = errors.New("is given twice, and one of them would be ignored")

func (o *once) Set(s string) error {
	if o.given {
		return errTwice
	}
	o.given = true
	return o.Value.Set(s)
}

// checkFlags refuses flags that exclude each other, and one that is given without a text:
// mostly that comes from a variable that is not set, and is not meant as if the flag were
// not there.
func checkFlags(cmd *cobra.Command) (err error) {
	exclusive := map[string]string{}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Value.Type() == "string" && f.Value.String() == "" {
			err = Usagef("--%s is given as an empty text", f.Name)
		}
		for _, group := range f.Annotations["cobra_annotation_mutually_exclusive"] {
			if other, ok := exclusive[group]; ok {
				err = Usagef("--%s and --%s exclude each other: give one of them", other, f.Name)
			}
			exclusive[group] = f.Name
		}
	})
	return err
}

// flagMistake says in words what is wrong with a flag.
func flagMistake(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		typed := "--" + unknown.GetSpecifiedName()
		if short := unknown.GetSpecifiedShortnames(); short != "" {
			typed = "-" + short
		}
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		if hint := suggest.DidYouMean(typed, names); hint != "" {
			return Usagef("there is no flag %s%s", display.Name(typed), hint)
		}
		return Usagef("there is no flag %[1]s: if it is the name of a file, write ./%[1]s", display.Name(typed))
	case errors.As(err, &bare):
		f := bare.GetFlag()
		value, _ := pflag.UnquoteUsage(f)
		return Usagef("--%s needs a value: --%s %s", f.Name, f.Name, value)
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		if errors.Is(err, errTwice) {
			return Usagef("--%s %w", f.Name, errTwice)
		}
		switch f.Value.Type() {
		case "bool":
			return Usagef("--%s takes no value, and has %q", f.Name, invalid.GetValue())
		case "int", "int64", "uint64":
			return Usagef("--%s takes a number, not %q", f.Name, invalid.GetValue())
		case "duration":
			return Usagef("--%s takes a time such as 90s or 10m, not %q", f.Name, invalid.GetValue())
		}
		return Usagef("--%s: %w", f.Name, invalid.Unwrap())
	}
	return err
}

// group is what a command does that has subcommands only.
func group(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	return noCommand(cmd, args[0])
}

func noCommand(parent *cobra.Command, name string) error {
	var names []string
	for _, sub := range parent.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return Usagef("there is no command %q%s", parent.CommandPath()+" "+name, suggest.DidYouMean(name, names))
}

// help shows the help of the command that the arguments name.
func help(cmd *cobra.Command, args []string) error {
	about := cmd.Root()
	for _, name := range args {
		found, _, err := about.Find([]string{name})
		if err != nil || found == about {
			return noCommand(about, name)
		}
		about = found
	}
	return about.Help()
}

// addDefaults adds what the library would add later: its help and its completion.
func addDefaults(root *cobra.Command) {
	root.Version, root.SilenceErrors, root.SilenceUsage = Version(), true, true
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, sub := range root.Commands() {
		if strings.HasPrefix(sub.Use, "help ") {
			sub.Run, sub.RunE = nil, help
		}
	}
	root.SetFlagErrorFunc(flagMistake)
}
