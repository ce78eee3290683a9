import hostile.Hostile.AbiException;
import hostile.Hostile.Check;
import hostile.Hostile.Engine;
import hostile.Hostile.Imports;
import hostile.Hostile.RefusedException;
import hostile.Hostile.Slice;
import hostile.Hostile.Status;
import hostile.Hostile.TagValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the kit's guest does not do: values that contain themselves, blocks that are linked twice, and a host that asks for too much. */
final class Guests {
    private Guests() {}

    /** A guest without code, whose functions give what the test says. */
    private static final class Dead implements Engine {
        final byte[] memory = new byte[65536];
        final Map<String, Long> gives = new HashMap<>();
        final List<String> frees = new ArrayList<>();
        hostile.Hostile m;
        long next = 1024;

        Dead(Imports imports) {
            m = new hostile.Hostile(imports);
            m.bind(this, null);
        }

        @Override
        public long size() {
            return memory.length;
        }

        @Override
        public void read(long address, byte[] to) {
            System.arraycopy(memory, (int) address, to, 0, to.length);
        }

        @Override
        public void write(long address, byte[] from) {
            System.arraycopy(from, 0, memory, (int) address, from.length);
        }

        @Override
        public boolean has(String name) {
            return !name.equals("_initialize");
        }

        @Override
        public long[] call(String name, long... arguments) {
            switch (name) {
                case "alloc", "abi_alloc":
                    next = (next + arguments[1] - 1) / arguments[1] * arguments[1] + arguments[0];
                    return new long[] {next - arguments[0]};
                case "free", "abi_free":
                    frees.add(arguments[0] + " " + arguments[1]);
                    return new long[0];
                default:
                    return new long[] {gives.getOrDefault(name, 0L)};
            }
        }

        // Writes words one after the other.
        void words(int addr, int... words) {
            final ByteBuffer to = ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN);
            for (int index = 0; index < words.length; index++) {
                to.putInt(addr + 4 * index, words[index]);
            }
        }

        void freed(String... what) {
            check(frees.equals(List.of(what)), frees);
            frees.clear();
        }
    }

    private static void check(boolean is, Object what) {
        if (!is) {
            throw new AssertionError(what);
        }
    }

    // A field that is written frees what it borrowed itself, and no other's.
    private static void borrowing() {
        final Dead d = new Dead(null);
        final var tag = hostile.Hostile.Tag.make(d.m, new TagValue(1, "hello"));
        tag.setX(2);
        d.freed();
        check(tag.label().equals("hello"), tag.label());
        tag.setLabel("one");
        tag.setLabel("four");
        d.freed("1044 3");
        tag.set(new TagValue(3, "seven"));
        d.freed("1024 5", "1047 4");
        tag.close();
        d.freed("1032 12", "1051 5");

        // The same in elements, of which each may be written alone.
        final var tags = d.m.newSliceOfTag(Slice.of(new TagValue(0, "a"), new TagValue(0, "b")));
        tags.set(0, new TagValue(0, "c"));
        tags.at(0).setX(7);
        d.freed();
        tags.close();
        check(d.frees.size() == 4, d.frees);
    }

    // Where `owned` and `words` put so many texts, which are all the same 60,000 bytes.
    private static void texts(Dead d, int count) {
        d.words(512, 1024, count, count, 2048, count, count);
        for (int index = 0; index < count; index++) {
            d.words(1024 + 8 * index, 4096, 60000);
            d.words(2048 + 4 * index, 4096);
        }
        Arrays.fill(d.memory, 4096, 64096, (byte) 'a');
    }

    private static void tooLong(Runnable body) {
        try {
            body.run();
        } catch (AbiException exception) {
            check(exception.status().equals("TooLong"), exception);
            return;
        }
        throw new AssertionError("nothing was too long");
    }

    // What contains itself is copied to no end.
    private static void copying() {
        for (int count = 1; count <= 2; count++) {
            final Dead d = new Dead(null);
            d.gives.put("tree", 512L);
            for (int index = 0; index < count; index++) {
                d.words(512 + 12 * index, 512, count, count);
            }
            final var tree = d.m.tree();
            tooLong(tree::copy);
            tooLong(tree.children()::copy);
        }
        final Dead d = new Dead(null);
        d.gives.put("words", 512L);
        final var words = d.m.words();
        texts(d, 10);
        check(words.copy().labels().list().get(9).length() == 60000, "labels");
        texts(d, 100);
        tooLong(words.texts()::copy);
        tooLong(words.labels()::copy);
    }

    // What is linked twice is not freed over and over.
    private static void freeing() {
        final Dead d = new Dead(null);
        d.gives.put("link", 512L);
        d.words(512, 520, 528, 0, 0, 0, 0);
        d.m.link().close();
        d.freed("520 8", "528 8", "512 8");
        for (int index = 0; index < 28; index++) {
            d.words(512 + 8 * index, 520 + 8 * index, 520 + 8 * index);
        }
        tooLong(d.m.link()::close);
        check(d.frees.size() < 65536 / 8, d.frees.size());

        final Dead ring = new Dead(null);
        ring.gives.put("grove", 512L);
        ring.words(512, 600, 2, 2);
        ring.words(600, 512, 512);
        tooLong(ring.m.grove()::close);
        ring.freed();

        for (int part = 0; part < 24; part += 12) {
            final Dead same = new Dead(null);
            same.gives.put("owned", 512L);
            texts(same, 1);
            same.words(524 - part, 0, 0, 0);
            same.m.owned().close();
            same.frees.clear();
            texts(same, 100);
            same.words(524 - part, 0, 0, 0);
            tooLong(same.m.owned()::close);
            check(same.frees.size() == 1, same.frees);
        }
    }

    // What a host function is handed is freed if another argument is refused; a status below 0 is a trap.
    private static void denying() {
        final int[] code = {0, 0};
        final Dead d = new Dead((tag, letter, text) -> {
            tag.close();
            code[1]++;
            if (code[0] != 0) {
                throw new AbiException(new Code(code[0]));
            }
        });
        d.words(512, 1, 600, 3);
        final long[] stack = {512, 0xd800, 600, 3};
        d.m.host(0, stack);
        check(stack[0] == Check.Invalid.code() && code[1] == 0, stack[0]);
        d.freed("512 12");
        for (int status : new int[] {0, 16}) {
            final long[] more = {512, 'a', 600, 3};
            code[0] = status;
            d.m.host(0, more);
            check(more[0] == status, more[0]);
            d.freed("512 12");
        }
        code[0] = -1;
        try {
            d.m.host(0, new long[] {512, 'a', 600, 3});
        } catch (AbiException exception) {
            check(exception.code() == -1, exception);
            return;
        }
        throw new AssertionError("a status below 0 is passed on");
    }

    private record Code(int code) implements Status {
        @Override
        public String text() {
            return "code " + code;
        }
    }

    // What is owned and cannot be freed is not written over.
    private static void replacing() {
        final Dead d = new Dead(null);
        d.gives.put("made", 512L);
        d.words(512, 600);
        final var holder = d.m.made();
        try {
            holder.setThing(null);
            throw new AssertionError("a thing is lost");
        } catch (RefusedException exception) {
            check(d.memory[512] == (byte) 600, d.memory[512]);
        }
        d.words(512, 0);
        holder.setThing(null);
    }

    static void run() {
        denying();
        replacing();
        borrowing();
        copying();
        freeing();
    }
}
