import guest.Guest;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import wasm2c.Wasm2c;

/**
 * The conformance kit on what {@code linmem bind --lang java} writes. Cases.java is printed from the kit's cases.
 *
 * <p>Prints a line for each case that failed: name, tab, step, what was expected, what came. A last line counts.
 */
final class Kit {
    interface Body {
        void run() throws Exception;
    }

    interface Steps {
        void run(Kit t) throws Exception;
    }

    record Case(String name, boolean needs, boolean traps, Steps steps) {}

    /** A call of a host function that is expected: a function of the type of the import. */
    record Expected(String name, Object function) {}

    /** What came is not what the case says. */
    static final class Failure extends Error {
        private static final long serialVersionUID = 1;

        Failure(String what) {
            super(what);
        }
    }

    Guest m;
    private Deque<Expected> hosts = new ArrayDeque<>();
    private Failure problem;

    Failure fail(String where, String what) {
        if (problem == null) {
            problem = new Failure(where + ": " + what);
        }
        throw problem;
    }

    /** Runs a step. {@code fails} is how it has to: "trap", "refused", the name of a status, or "status". */
    void step(String where, String fails, int code, List<Expected> expected, Body body) {
        final Deque<Expected> outer = hosts;
        hosts = new ArrayDeque<>(expected);
        Throwable came = null;
        try {
            body.run();
        } catch (Exception exception) {
            came = exception;
        }
        final int left = hosts.size();
        hosts = outer;
        if (problem != null) {
            throw problem;
        }
        if (came == null) {
            if (!fails.isEmpty()) {
                fail(where, "expected " + fails + ", and nothing failed");
            }
            if (left > 0) {
                fail(where, left + " calls of host functions did not come");
            }
            return;
        }
        if (!(came instanceof Guest.AbiException) || fails.isEmpty()) {
            fail(where, came.toString());
        }
        final Guest.AbiException exception = (Guest.AbiException) came;
        if (fails.equals("trap") && !(exception instanceof Guest.TrapException)) {
            fail(where, "expected a trap, got " + exception);
        }
        if (!fails.equals("trap") && !fails.equals("refused")) {
            if (exception.code() != code || !exception.status().equals(fails.equals("status") ? "" : fails)) {
                fail(where, "expected " + fails + " (" + code + "), got " + exception);
            }
        }
        boolean dead = false;
        try {
            m.sameBool(true);
        } catch (Guest.AbiException after) {
            dead = true;
        }
        if (dead != fails.equals("trap")) {
            fail(where, "expected " + fails + ", got " + exception + ", and then it is " + (dead ? "dead" : "alive"));
        }
    }

    /** The function that is called next, if it is that one. */
    <F> F next(String name, Class<F> type) {
        if (hosts.isEmpty() || !hosts.peek().name().equals(name)) {
            fail(name, "the guest called it, which was not expected");
        }
        return type.cast(hosts.remove().function());
    }

    /** What ended the steps of a host function. */
    Exception hosted(Exception exception) {
        if (problem == null) {
            problem = new Failure("host function: " + exception);
        }
        return exception;
    }

    static void use(Object value) {}

    void eq(String where, long got, long want) {
        if (got != want) {
            fail(where, "expected " + want + ", got " + got);
        }
    }

    void eq(String where, Object got, Object want) {
        if (!Objects.equals(got, want)) {
            fail(where, "expected " + brief(want) + ", got " + brief(got));
        }
    }

    private static String brief(Object value) {
        final String text = String.valueOf(value);
        return text.length() <= 200 ? text : text.substring(0, 200) + " ..";
    }

    /** Bytes as the case writes them, -1 for what is not compared. */
    void bytes(String where, ByteBuffer got, int... want) {
        boolean same = got.remaining() == want.length;
        for (int index = 0; same && index < want.length; index++) {
            same = want[index] < 0 || (got.get(index) & 0xff) == want[index];
        }
        if (!same) {
            final byte[] bytes = new byte[got.remaining()];
            got.get(bytes);
            fail(where, "expected " + Arrays.toString(want) + ", got " + Arrays.toString(bytes));
        }
    }

    static <T> Guest.Slice<T> repeat(int count, T value) {
        return Guest.Slice.of(Collections.nCopies(count, value));
    }

    static Guest.Slice<Integer> words(long... values) {
        final List<Integer> bytes = new ArrayList<>();
        for (long value : values) {
            for (int shift = 0; shift < 32; shift += 8) {
                bytes.add((int) (value >> shift) & 0xff);
            }
        }
        return Guest.Slice.of(bytes);
    }

    static Guest.AbiException status(int code) {
        return new Guest.AbiException(new Guest.Status() {
            @Override
            public int code() {
                return code;
            }

            @Override
            public String text() {
                return "status " + code;
            }
        });
    }

    private List<Long> live() {
        return List.of(m.liveBlocks(), m.liveBytes());
    }

    /** The bindings' engine over wasm2c's. */
    record Engine(Wasm2c instance) implements Guest.Engine {
        @Override
        public long size() {
            return instance.size();
        }

        @Override
        public ByteBuffer memory(long address, int size) {
            return instance.memory(address, size);
        }

        @Override
        public boolean has(String name) {
            return instance.has(name);
        }

        @Override
        public long[] call(String name, long... arguments) {
            return instance.call(name, arguments);
        }

        @Override
        public Guest.Function function(int index, byte[] parameters, byte[] results) {
            return instance.function(index, parameters, results)::call;
        }
    }

    public static void main(String[] args) throws Exception {
        System.load(Path.of(args[0]).toAbsolutePath().toString());
        final byte[] module = Files.readAllBytes(Path.of(args[1]));
        int ran = 0;
        int failed = 0;
        for (Case of : Cases.ALL) {
            if (of.needs() && System.getenv("KIT_SMALL") != null) {
                continue;
            }
            ran++;
            final Kit t = new Kit();
            t.m = new Guest(new Cases.Hosts(t));
            try (Wasm2c instance = new Wasm2c(t.m::host)) {
                t.m.bind(new Engine(instance), module);
                final List<Long> before = t.live();
                of.steps().run(t);
                if (!of.traps()) {
                    t.eq("end, blocks and bytes", t.live(), before);
                }
            } catch (Exception | Failure problem) {
                failed++;
                System.out.println(of.name() + "\t" + problem);
            }
        }
        System.out.println(ran + " cases, " + failed + " failures");
    }
}
