using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>ReaderWriterLockSlim and ReaderWriterLock.</summary>
public sealed class ReaderWriterLocks : ThemeTests
{
    [Fact]
    public Task ReadUnderReadLock_IsSilent() => SilentTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw))] private int _rows;
            public int Get() { _rw.EnterReadLock(); try { return _rows; } finally { _rw.ExitReadLock(); } }
        }
        """);

    [Fact]
    public Task ReadWithoutLock_Flags() => FlagsTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw))] private int _rows;
            public int Get() => _rows; // MML1008
        }
        """);

    [Fact]
    public Task WrittenUnderReadLock_Flags() => FlagsTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw))] private int _rows;
            public void Add()
            {
                _rw.EnterReadLock();
                _rows++; // MML1002
                _rw.ExitReadLock();
            }
        }
        """);

    [Fact]
    public Task WrittenUnderWriteLock_IsSilent() => SilentTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw))] private int _rows;
            public void Add() { _rw.EnterWriteLock(); try { _rows++; } finally { _rw.ExitWriteLock(); } }
        }
        """);

    [Fact]
    public Task ReadUnderUpgradeableLock_IsSilent() => SilentTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw))] private int _rows;
            public int Get() { _rw.EnterUpgradeableReadLock(); try { return _rows; } finally { _rw.ExitUpgradeableReadLock(); } }
        }
        """);

    [Fact]
    public Task WrittenUnderUpgradeableLock_Flags() => FlagsTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw))] private int _rows;
            public void Add()
            {
                _rw.EnterUpgradeableReadLock();
                _rows++; // MML1002
                _rw.ExitUpgradeableReadLock();
            }
        }
        """);

    [Fact]
    public Task UpgradedAndWritten_IsSilent() => SilentTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw))] private int _rows;
            public void Add()
            {
                _rw.EnterUpgradeableReadLock();
                if (_rows == 0) { _rw.EnterWriteLock(); _rows = 1; _rw.ExitWriteLock(); }
                _rw.ExitUpgradeableReadLock();
            }
        }
        """);

    [Fact]
    public Task WrittenAfterTheUpgradeEnded_Flags() => FlagsTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw))] private int _rows;
            public void Add()
            {
                _rw.EnterUpgradeableReadLock();
                _rw.EnterWriteLock();
                _rw.ExitWriteLock();
                _rows = 1; // MML1002
                _rw.ExitUpgradeableReadLock();
            }
        }
        """);

    [Fact]
    public Task ReadLockTakenToWrite_Flags() => FlagsTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _rw = new();
            public void Add()
            {
                _rw.EnterReadLock();
                _rw.EnterWriteLock(); // MML1004
                _rw.ExitWriteLock();
            }
        }
        """);

    [Fact]
    public Task TryEnterReadLock_IsSilent() => SilentTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw))] private int _rows;
            public int Get() { if (!_rw.TryEnterReadLock(10)) return 0; int rows = _rows; _rw.ExitReadLock(); return rows; }
        }
        """);

    [Fact]
    public Task TryEnterWriteLockNotAsked_Flags() => FlagsTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _rw = new();
            public void Add()
            {
                _rw.TryEnterWriteLock(10); // MML1013
            }
        }
        """);

    [Fact]
    public Task ExitedInTheWrongMode_Flags() => FlagsTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _rw = new();
            public void Add()
            {
                _rw.EnterReadLock();
                _rw.ExitWriteLock(); // MML1005
            }
        }
        """);

    [Fact]
    public Task NeverExited_Flags() => FlagsTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _rw = new();
            public void Add()
            {
                _rw.EnterWriteLock();
            } // MML1006
        }
        """);

    [Fact]
    public Task OldReaderWriterLock_IsSilent() => SilentTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLock _rw = new();
            [GuardedBy(nameof(_rw))] private int _rows;
            public void Add() { _rw.AcquireWriterLock(-1); _rows++; _rw.ReleaseWriterLock(); }
        }
        """);

    [Fact]
    public Task OldReaderWriterLockReadAndWritten_Flags() => FlagsTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLock _rw = new();
            [GuardedBy(nameof(_rw))] private int _rows;
            public void Add()
            {
                _rw.AcquireReaderLock(-1);
                _rows++; // MML1002
                _rw.ReleaseReaderLock();
            }
        }
        """);

    [Fact]
    public Task IsWriteLockHeldAsAnAssertion_IsSilent() => SilentTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw))] private int _rows;
            public void Add() { if (!_rw.IsWriteLockHeld) throw new SynchronizationLockException(); _rows++; }
        }
        """);

    private static string Nested(string declaration, string finding = "") => $$"""
        public abstract class Table
        {
            {{declaration}}
            [GuardedBy("_lock")] private int _count;
            public int Outer() { _lock.EnterReadLock(); int sum = _count + Inner(); _lock.ExitReadLock(); return sum; }{{finding}}
            private int Inner() { _lock.EnterReadLock(); int count = _count; _lock.ExitReadLock(); return count; }
        }
        """;

    [Theory]
    [InlineData("private readonly ReaderWriterLockSlim _lock = new(LockRecursionPolicy.SupportsRecursion);")]
    [InlineData("private readonly ReaderWriterLockSlim _lock; protected Table() => _lock = new ReaderWriterLockSlim(LockRecursionPolicy.SupportsRecursion);")]
    [InlineData("protected abstract ReaderWriterLockSlim _lock { get; }")]
    public Task MadeSoThatAHolderMayTakeItAgain_IsSilent(string declaration) => SilentTypes(Nested(declaration));

    [Theory]
    [InlineData("private readonly ReaderWriterLockSlim _lock = new();")]
    [InlineData("private readonly ReaderWriterLockSlim _lock; protected Table() => _lock = new ReaderWriterLockSlim();")]
    [InlineData("private readonly ReaderWriterLockSlim _lock = new(); private readonly ReaderWriterLockSlim _other = new(LockRecursionPolicy.SupportsRecursion);")]
    public Task MadeForOneHold_Flags(string declaration) => FlagsTypes(Nested(declaration, " // MML1004"));

    [Fact]
    public Task WriterThatNeverWas_LeavesTheUpgradeableHold() => FlagsTypes("""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _rw = new();
            private int _rows;
            public void Set(Func<int> pick)
            {
                _rw.EnterUpgradeableReadLock();
                try
                {
                    int rows = pick();
                    _rw.EnterWriteLock();
                    _rows = rows;
                }
                finally
                {
                    _rw.ExitWriteLock(); // MML1005
                    _rw.ExitUpgradeableReadLock();
                }
            }
        }
        """);

    [Fact]
    public Task MadeByWhoeverImplementsIt_IsSilent() => SilentTypes("""
        public interface IDomain { ReaderWriterLockSlim Lock { get; } }
        public sealed class Map(IDomain domain)
        {
            public void Freeze() { var gate = domain.Lock; gate.EnterWriteLock(); try { Look(); } finally { gate.ExitWriteLock(); } }
            public void Look() { var gate = domain.Lock; gate.EnterReadLock(); try { } finally { gate.ExitReadLock(); } }
        }
        """);
}
