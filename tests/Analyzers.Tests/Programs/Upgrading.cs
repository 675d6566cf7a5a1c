using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>A reader that may become a writer, and back.</summary>
public sealed class Upgrading : ThemeTests
{
    [Fact]
    public Task UpgradeableThatBecomesAReader_Silent() => SilentTypes("""
        using System.Collections.Generic;
        using System.Threading;
        public sealed class Catalogue
        {
            private readonly ReaderWriterLockSlim _lock = new();
            [GuardedBy(nameof(_lock))] private readonly Dictionary<string, int> _items = new();
            public int Find(string key)
            {
                _lock.EnterUpgradeableReadLock();
                bool isRead = false;
                try
                {
                    if (!_items.ContainsKey(key))
                    {
                        _lock.EnterWriteLock();
                        try { _items[key] = key.Length; }
                        finally { _lock.ExitWriteLock(); }
                    }
                    _lock.EnterReadLock();
                    isRead = true;
                }
                finally { _lock.ExitUpgradeableReadLock(); }
                try { return _items[key]; }
                finally { _lock.ExitReadLock(); }
            }
        }
        """);

    [Fact]
    public Task WriterThatBecomesAReader_Silent() => SilentTypes("""
        using System.Threading;
        public sealed class Cell
        {
            private readonly ReaderWriterLockSlim _lock = new(LockRecursionPolicy.SupportsRecursion);
            [GuardedBy(nameof(_lock))] private int _value;
            public int Set(int value)
            {
                _lock.EnterUpgradeableReadLock();
                _lock.EnterWriteLock();
                _value = value;
                _lock.ExitWriteLock();
                int seen = _value;
                _lock.ExitUpgradeableReadLock();
                return seen;
            }
        }
        """);

    [Fact]
    public Task ReaderThatUpgrades_Flags() => FlagsTypes("""
        using System.Threading;
        public sealed class Cell
        {
            private readonly ReaderWriterLockSlim _lock = new();
            [GuardedBy(nameof(_lock))] private int _value;
            public void Set(int value)
            {
                _lock.EnterReadLock();
                if (_value != value)
                {
                    _lock.EnterWriteLock(); // MML1004
                    _value = value;
                    _lock.ExitWriteLock();
                }
                _lock.ExitReadLock();
            }
        }
        """);

    [Fact]
    public Task UpgradeableAndReader_GivenBackInEitherOrder() => SilentTypes("""
        using System.Threading;
        public sealed class Cell
        {
            private readonly ReaderWriterLockSlim _lock = new();
            [GuardedBy(nameof(_lock))] private int _value;
            public int Inside()
            {
                _lock.EnterUpgradeableReadLock();
                _lock.EnterReadLock();
                int seen = _value;
                _lock.ExitReadLock();
                seen += _value;
                _lock.EnterWriteLock();
                _value = seen;
                _lock.ExitWriteLock();
                _lock.ExitUpgradeableReadLock();
                return seen;
            }
            public int OnlyAtTimes(bool goesOn)
            {
                _lock.EnterUpgradeableReadLock();
                if (goesOn) _lock.EnterReadLock();
                int seen = _value;
                if (goesOn) _lock.ExitReadLock();
                _lock.ExitUpgradeableReadLock();
                return seen;
            }
        }
        """);

    [Fact]
    public Task ReaderBeneathUpgradeable_Flags() => FlagsTypes("""
        using System.Threading;
        public sealed class Cell
        {
            private readonly ReaderWriterLockSlim _lock = new();
            [GuardedBy(nameof(_lock))] private int _value;
            public void WritesAsReader(int value)
            {
                _lock.EnterUpgradeableReadLock();
                _lock.EnterReadLock();
                _lock.ExitUpgradeableReadLock();
                _value = value; // MML1002
                _lock.ExitReadLock();
            }
            public int ForgetsToRead()
            {
                _lock.EnterUpgradeableReadLock();
                _lock.EnterReadLock();
                _lock.ExitUpgradeableReadLock();
                return _value; // MML1006
            }
            public int ReadsTwice()
            {
                _lock.EnterUpgradeableReadLock();
                _lock.EnterReadLock();
                _lock.EnterReadLock(); // MML1004
                int seen = _value;
                _lock.ExitReadLock();
                _lock.ExitReadLock();
                _lock.ExitUpgradeableReadLock();
                return seen;
            }
            public int ReadsAfterBoth()
            {
                _lock.EnterUpgradeableReadLock();
                _lock.EnterReadLock();
                _lock.ExitUpgradeableReadLock();
                _lock.ExitReadLock();
                return _value; // MML1008
            }
        }
        """);
}
