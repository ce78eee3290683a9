package wasm2c;

import java.nio.ByteBuffer;

/**
 * An engine for what {@code linmem bind --lang java} writes: a module that wasm2c translated to C, by JNI.
 *
 * <p>Build a library of wasm2c.c, which lies beside this file; of what {@code linmem bind --lang java MODULE.wasm --wasm2c
 * engine.c} and {@code wasm2c MODULE.wasm -n MODULE -o MODULE.c} wrote; and of wasm2c's runtime. {@code -Iabi/c} finds
 * linmem_engine.h. Compile all of it with {@code -fPIC -DWASM_RT_MEMCHECK_SIGNAL_HANDLER=0}, and for wabt up to 1.0.32 with
 * {@code -DLM_WABT_OLD}. Load it with {@link System#load} before the first instance.
 *
 * <p>Its methods are those of the bindings' {@code Engine}, which a program makes of them. What wasm2c makes is for one thread
 * at a time, whatever the number of instances.
 */
public final class Wasm2c implements AutoCloseable {
    /** What the module imports: the method {@code host} of the bindings. */
    @FunctionalInterface
    public interface Host {
        /** Does what the function of that number does. Every exception is a trap. */
        void host(int number, long[] stack);
    }

    /** A function by its index. */
    @FunctionalInterface
    public interface Function {
        /** Calls it. */
        long[] call(long... arguments);
    }

    private long engine;

    /** Makes an instance. */
    public Wasm2c(Host host) {
        engine = open(host);
        if (engine == 0) {
            throw new IllegalStateException("there is no memory for an instance, or it trapped");
        }
    }

    /** Gives the memory back. */
    @Override
    public void close() {
        if (engine != 0) {
            close(engine);
        }
        engine = 0;
    }

    private long opened() {
        if (engine == 0) {
            throw new IllegalStateException("the instance is closed");
        }
        return engine;
    }

    /** The size of the linear memory. */
    public long size() {
        return size(opened());
    }

    /** A buffer over bytes of the linear memory, until the next call. */
    public ByteBuffer memory(long address, int size) {
        if (address < 0 || size < 0 || address + size > size()) {
            throw new IndexOutOfBoundsException(address + " to " + (address + size));
        }
        return memory(engine, address, size);
    }

    /** Whether the records name an export. */
    public boolean has(String name) {
        return find(name) >= 0;
    }

    /** Calls an export. */
    public long[] call(String name, long... arguments) {
        final int number = find(name);
        if (number < 0) {
            throw new IllegalArgumentException("there is no function " + name);
        }
        return values(arguments, values -> call(opened(), number, values));
    }

    private interface Call {
        int call(long[] values);
    }

    private static long[] values(long[] arguments, Call call) {
        final long[] values = new long[arguments.length + 1];
        System.arraycopy(arguments, 0, values, 0, arguments.length);
        if (call.call(values) != 0) {
            throw new IllegalStateException("trapped");
        }
        return new long[] {values[0]};
    }

    /** The function at an index of the table, if it is of this type. */
    public Function function(int index, byte[] parameters, byte[] results) {
        final int signature = signature(text(parameters), text(results));
        switch (callIndex(opened(), signature, index, null)) {
            case 0:
                return arguments -> values(arguments, values -> callIndex(opened(), signature, index, values));
            case 2:
                throw new IllegalArgumentException("the index is outside of the table");
            case 3:
                throw new IllegalArgumentException("the entry of the table is null");
            default:
                throw new IllegalArgumentException("the function is of another type");
        }
    }

    private static String text(byte[] types) {
        final StringBuilder text = new StringBuilder();
        for (byte type : types) {
            text.append((char) type);
        }
        return text.toString();
    }

    private static native long open(Host host);

    private static native void close(long engine);

    private static native long size(long engine);

    private static native ByteBuffer memory(long engine, long address, int size);

    private static native int find(String name);

    private static native int signature(String parameters, String results);

    private static native int call(long engine, int number, long[] values);

    private static native int callIndex(long engine, int signature, int index, long[] values);
}
