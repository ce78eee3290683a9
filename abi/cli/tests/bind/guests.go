// What the kit's guest does not do: values that contain themselves, blocks that are linked twice, and a host that asks for too much.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"use/hostile"
)

// A guest without code, whose functions give what the test says.
type dead struct {
	memory []byte
	next   uint32
	gives  map[string]uint64
	frees  []string
}

func (d *dead) Memory() []byte { return d.memory }

func (d *dead) Has(name string) bool { return name != "_initialize" }

func (d *dead) Call(name string, args ...uint64) ([]uint64, error) {
	switch name {
	case "abi_alloc", "alloc":
		d.next = (d.next+uint32(args[1])-1)&^(uint32(args[1])-1) + uint32(args[0])
		return []uint64{uint64(d.next) - args[0]}, nil
	case "abi_free", "free":
		d.frees = append(d.frees, fmt.Sprint(args[0], " ", args[1]))
		return nil, nil
	}
	return []uint64{d.gives[name]}, nil
}

// Writes words one after the other.
func (d *dead) words(addr uint32, words ...uint32) {
	for index, word := range words {
		binary.LittleEndian.PutUint32(d.memory[addr+4*uint32(index):], word)
	}
}

func lifeless(imports hostile.Imports) (*hostile.Module, *dead) {
	d := &dead{memory: make([]byte, 65536), next: 1024, gives: map[string]uint64{}}
	m := hostile.New(imports)
	check(m.Bind(d, nil) == nil, "a module is not bound")
	return m, d
}

func (d *dead) freed(what string) {
	check(strings.Join(d.frees, ", ") == what, "freed "+strings.Join(d.frees, ", ")+", not "+what)
	d.frees = nil
}

// A field that is written frees what it borrowed itself, and no other's.
func borrowing() {
	m, d := lifeless(nil)
	tag, err := hostile.NewTag(m, hostile.TagValue{X: 1, Label: "hello"})
	check(err == nil, err)
	check(tag.SetX(2) == nil, "x is not set")
	d.freed("")
	label, err := tag.Label()
	check(label == "hello" && err == nil, label, err)
	check(tag.SetLabel("one") == nil && tag.SetLabel("four") == nil, "a label is not set")
	d.freed("1044 3")
	check(tag.Set(hostile.TagValue{X: 3, Label: "seven"}) == nil, "a tag is not set")
	d.freed("1024 5, 1047 4")
	check(tag.Close() == nil, "a tag is not closed")
	d.freed("1032 12, 1051 5")

	// The same in elements, of which each may be written alone.
	tags, err := hostile.NewSliceOfTag(m, []hostile.TagValue{{Label: "a"}, {Label: "b"}})
	check(err == nil, err)
	check(tags.Set(0, hostile.TagValue{Label: "c"}) == nil, "an element is not set")
	first, err := tags.At(0)
	check(err == nil && first.SetX(7) == nil, "an element's field is not set")
	d.freed("")
	check(tags.Close() == nil && len(d.frees) == 4, d.frees)
}

// Where `owned` and `words` put so many texts, which are all the same 60,000 bytes.
func (d *dead) texts(count uint32) {
	d.words(512, 1024, count, count, 2048, count, count)
	for index := uint32(0); index < count; index++ {
		d.words(1024+8*index, 4096, 60000)
		d.words(2048+4*index, 4096)
	}
	for index := range d.memory[4096:64096] {
		d.memory[4096+index] = 'a'
	}
}

// What contains itself is copied to no end.
func copying() {
	for _, count := range []uint32{1, 2} {
		m, d := lifeless(nil)
		d.gives["tree"] = 512
		for index := uint32(0); index < count; index++ {
			d.words(512+12*index, 512, count, count)
		}
		tree, err := m.Tree()
		check(err == nil, err)
		_, err = tree.Copy()
		check(errors.Is(err, hostile.TooLong), err)
		children, err := tree.Children()
		check(err == nil, err)
		_, err = children.Copy()
		check(errors.Is(err, hostile.TooLong), err)
	}
	m, d := lifeless(nil)
	d.gives["words"] = 512
	words, err := m.Words()
	check(err == nil, err)
	d.texts(10)
	copied, err := words.Copy()
	check(err == nil && len(copied.Texts) == 10 && len(copied.Labels[9]) == 60000, err)
	d.texts(100)
	texts, _ := words.Texts()
	_, err = texts.Copy()
	check(errors.Is(err, hostile.TooLong), err)
	labels, _ := words.Labels()
	_, err = labels.Copy()
	check(errors.Is(err, hostile.TooLong), err)
}

// What is linked twice is not freed over and over.
func freeing() {
	m, d := lifeless(nil)
	d.gives["link"] = 512
	d.words(512, 520, 528, 0, 0, 0, 0)
	link, err := m.Link()
	check(err == nil && link.Close() == nil, err)
	d.freed("520 8, 528 8, 512 8")
	for index := uint32(0); index < 28; index++ {
		d.words(512+8*index, 520+8*index, 520+8*index)
	}
	link, err = m.Link()
	check(err == nil, err)
	err = link.Close()
	check(errors.Is(err, hostile.TooLong) && len(d.frees) < 65536/8, err, len(d.frees))

	m, d = lifeless(nil)
	d.gives["grove"] = 512
	d.words(512, 600, 2, 2)
	d.words(600, 512, 512)
	grove, err := m.Grove()
	check(err == nil, err)
	err = grove.Close()
	check(errors.Is(err, hostile.TooLong), err)
	d.freed("")

	for _, count := range []uint32{1, 100} {
		m, d = lifeless(nil)
		d.gives["owned"] = 512
		d.texts(count)
		d.words(524, 0, 0, 0)
		owned, err := m.Owned()
		check(err == nil, err)
		err = owned.Close()
		check(count == 1 && err == nil || errors.Is(err, hostile.TooLong) && len(d.frees) == 1, err, len(d.frees))
		d.frees = nil
		d.texts(count)
		d.words(512, 0, 0, 0)
		owned, err = m.Owned()
		check(err == nil, err)
		err = owned.Close()
		check(count == 1 && err == nil || errors.Is(err, hostile.TooLong) && len(d.frees) == 1, err, len(d.frees))
	}
}

type denies struct {
	calls int
	err   error
}

func (i *denies) EnvDeny(tag *hostile.Tag, letter rune, text string) error {
	i.calls++
	if err := tag.Close(); err != nil {
		return err
	}
	return i.err
}

type code int32

func (c code) Error() string { return fmt.Sprint("code ", int32(c)) }

func (c code) Code() int32 { return int32(c) }

// What a host function is handed is freed if another argument is refused; a status below 0 is a trap.
func denying() {
	host := &denies{}
	m, d := lifeless(host)
	d.words(512, 1, 600, 3)
	stack := []uint64{512, 0xd800, 600, 3}
	check(m.Host(0, stack) == nil && stack[0] == uint64(hostile.Invalid) && host.calls == 0, stack)
	d.freed("512 12")
	for _, letter := range []uint64{'a', 'b'} {
		stack = []uint64{512, letter, 600, 3}
		check(m.Host(0, stack) == nil && stack[0] == 0, stack)
		d.freed("512 12")
	}
	host.err = code(16)
	stack = []uint64{512, 'a', 600, 3}
	check(m.Host(0, stack) == nil && stack[0] == 16, stack)
	d.freed("512 12")
	for _, below := range []code{-1, 0} {
		host.err = below
		check(errors.Is(m.Host(0, []uint64{512, 'a', 600, 3}), below), "a status below 0 is passed on")
	}
}

// What is owned and cannot be freed is not written over.
func replacing() {
	m, d := lifeless(nil)
	d.gives["made"] = 512
	d.words(512, 600)
	holder, err := m.Made()
	check(err == nil, err)
	err = holder.SetThing(nil)
	check(errors.Is(err, hostile.ErrRefused) && binary.LittleEndian.Uint32(d.memory[512:]) == 600, err)
	d.words(512, 0)
	check(holder.SetThing(nil) == nil, "nothing is not written over")
}

// A copy of an owner is the same owner.
func claiming() {
	m, d := lifeless(nil)
	tag, err := hostile.NewTag(m, hostile.TagValue{})
	check(err == nil, err)
	same := *tag
	check(errors.Is(m.Both(tag, &same), hostile.ErrRefused), "a tag is handed over twice")
	check(errors.Is(m.Both(tag, tag), hostile.ErrRefused), "a tag is handed over twice")
	d.freed("")
	check(tag.Close() == nil && same.Close() == nil, "a tag is not closed")
	d.freed("1024 12")
}

// As many cases as records have room for are read in the time that they take.
func comparing() {
	records := strings.Repeat("enum A status A=16\n", 4<<20/20)
	started := time.Now()
	err := hostile.New(nil).Bind(&dead{}, []byte(records))
	check(errors.Is(err, hostile.ErrRefused) && time.Since(started) < 10*time.Second, err, time.Since(started))
}

func hostileGuests() {
	denying()
	replacing()
	claiming()
	comparing()
	borrowing()
	copying()
	freeing()
}
