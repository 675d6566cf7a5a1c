using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Reader-writer locks: the mode of the hold must fit the use.</summary>
public sealed class SharedExclusive : ThemeTests
{
    [Fact]
    public Task ReadUnderAReadLock_IsSilent() => Silent("""
        public int Get() { _rw.EnterRead(); int value = _table; _rw.ExitRead(); return value; }
        """);

    [Fact]
    public Task ReadUnderAWriteLock_IsSilent() => Silent("""
        public int Get() { _rw.EnterWrite(); int value = _table; _rw.ExitWrite(); return value; }
        """);

    [Fact]
    public Task WrittenUnderAWriteLock_IsSilent() => Silent("""
        public void Set() { _rw.EnterWrite(); _table = 1; _rw.ExitWrite(); }
        """);

    [Fact]
    public Task WrittenUnderAReadLock_Flags() => Flags("""
        public void Set()
        {
            _rw.EnterRead();
            _table = 1; // MML1002
            _rw.ExitRead();
        }
        """);

    [Fact]
    public Task WrittenUnderANeedOfAnyMode_Flags() => Flags("""
        [MustHold("_rw")] public void Set() => _table = 1; // MML1002
        """);

    [Fact]
    public Task WrittenUnderANeedForExclusive_IsSilent() => Silent("""
        [MustHold("exclusive(_rw)")] public void Set() => _table = 1;
        """);

    [Fact]
    public Task ReadUnderANeedForShared_IsSilent() => Silent("""
        [MustHold("shared(_rw)")] public int Get() => _table;
        """);

    [Fact]
    public Task ExclusiveNeedMetByShared_Flags() => Flags("""
        [MustHold("exclusive(_rw)")] public extern void Rebuild();
        public void Run()
        {
            _rw.EnterRead();
            Rebuild(); // MML1002
            _rw.ExitRead();
        }
        """);

    [Fact]
    public Task SharedNeedMetByExclusive_IsSilent() => Silent("""
        [MustHold("shared(_rw)")] public extern int Sum();
        public void Run() { _rw.EnterWrite(); Sum(); _rw.ExitWrite(); }
        """);

    [Fact]
    public Task SharedExitedAsExclusive_Flags() => Flags("""
        public void Run()
        {
            _rw.EnterRead();
            _rw.ExitWrite(); // MML1005
        }
        """);

    [Fact]
    public Task ExclusiveExitedAsShared_Flags() => Flags("""
        public void Run()
        {
            _rw.EnterWrite();
            _rw.ExitRead(); // MML1005
        }
        """);

    [Fact]
    public Task UpgradedInPlace_Flags() => Flags("""
        public void Run()
        {
            _rw.EnterRead();
            _rw.EnterWrite(); // MML1004
            _rw.ExitWrite();
        }
        """);

    [Fact]
    public Task UpgradedByLettingGo_IsSilent() => Silent("""
        public void Run()
        {
            _rw.EnterRead();
            bool stale = _table == 0;
            _rw.ExitRead();
            if (!stale) return;
            _rw.EnterWrite();
            if (_table == 0) _table = 1;
            _rw.ExitWrite();
        }
        """);

    [Fact]
    public Task UpgradedByLettingGo_AndNotLookedAtAgain_Flags() => Flags("""
        public void Run()
        {
            _rw.EnterRead();
            bool stale = _table == 0;
            _rw.ExitRead();
            if (!stale) return;
            _rw.EnterWrite();
            _table = 1; // MML1026
            _rw.ExitWrite();
        }
        """);

    [Fact]
    public Task DowngradedAndRead_IsSilent() => Silent("""
        public int Run()
        {
            _rw.EnterWrite();
            _table = 1;
            _rw.Downgrade();
            int value = _table;
            _rw.ExitRead();
            return value;
        }
        """);

    [Fact]
    public Task DowngradedAndExitedAsExclusive_Flags() => Flags("""
        public void Run()
        {
            _rw.EnterWrite();
            _rw.Downgrade();
            _rw.ExitWrite(); // MML1005
        }
        """);

    [Fact]
    public Task DowngradedWhileShared_Flags() => Flags("""
        public void Run()
        {
            _rw.EnterRead();
            _rw.Downgrade(); // MML1002
            _rw.ExitRead();
        }
        """);

    [Fact]
    public Task DowngradedWithoutHolding_Flags() => Flags("""
        public void Run() => _rw.Downgrade(); // MML1005
        """);

    [Fact]
    public Task DowngradingAsDeclared_IsSilent() => Silent("""
        [MustHold("exclusive(_rw)"), Downgrades("_rw")] public void Publish() => _rw.Downgrade();
        public void Run() { _rw.EnterWrite(); Publish(); _rw.ExitRead(); }
        """);

    [Fact]
    public Task DowngradingUndeclared_Flags() => Flags("""
        [MustHold("exclusive(_rw)")] public void Publish()
        {
            _rw.Downgrade();
        } // MML1006
        """);

    [Fact]
    public Task ModeByCondition_IsSilent() => Silent("""
        public void Run(bool write)
        {
            if (write) _rw.EnterWrite(); else _rw.EnterRead();
            if (write) _table = 1;
            if (write) _rw.ExitWrite(); else _rw.ExitRead();
        }
        """);

    [Fact]
    public Task ModeByConditionMixedUp_Flags() => Flags("""
        public void Run(bool write)
        {
            if (write) _rw.EnterWrite(); else _rw.EnterRead();
            _table = 1; // MML1002
            if (write) _rw.ExitWrite(); else _rw.ExitRead();
        }
        """);

    [Fact]
    public Task AcquiringSharedAsDeclared_IsSilent() => Silent("""
        [Acquires("shared(_rw)")] public void Begin() => _rw.EnterRead();
        public int Run() { Begin(); int value = _table; _rw.ExitRead(); return value; }
        """);

    [Fact]
    public Task AcquiringSharedThoughExclusiveIsDeclared_Flags() => Flags("""
        [Acquires("exclusive(_rw)")] public void Begin()
        {
            _rw.EnterRead();
        } // MML1006
        """);
}
