using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Bodies that run in pieces.</summary>
public sealed class Iterators : ThemeTests
{
    [Fact]
    public Task YieldedWhileHeld_Flags() => Flags("""
        public IEnumerable<int> All()
        {
            _gate.Enter();
            yield return _count; // MML1019
            _gate.Exit();
        }
        """);

    [Fact]
    public Task YieldedAfterExit_IsSilent() => Silent("""
        public IEnumerable<int> All()
        {
            _gate.Enter();
            int count = _count;
            _gate.Exit();
            yield return count;
        }
        """);

    [Fact]
    public Task LockedBetweenYields_IsSilent() => Silent("""
        public IEnumerable<int> All()
        {
            yield return 1;
            _gate.Enter();
            int count = _count;
            _gate.Exit();
            yield return count;
        }
        """);

    [Fact]
    public Task UnguardedInAnIterator_Flags() => Flags("""
        public IEnumerable<int> All()
        {
            yield return _count; // MML1008
        }
        """);

    [Fact]
    public Task BrokenOffWhileHeld_Flags() => Flags("""
        public IEnumerable<int> All()
        {
            yield return 1;
            _gate.Enter();
            if (_count == 0) yield break; // MML1006
            _gate.Exit();
        }
        """);

    [Fact]
    public Task YieldedInsideTryFinallyWhileHeld_Flags() => Flags("""
        public IEnumerable<int> All()
        {
            _gate.Enter();
            try
            {
                yield return 1; // MML1019
            }
            finally { _gate.Exit(); }
        }
        """);

    [Fact]
    public Task YieldedInALoopWithTheLockDroppedAround_IsSilent() => Silent("""
        public IEnumerable<int> All()
        {
            while (true)
            {
                _gate.Enter();
                int count = _count;
                _gate.Exit();
                if (count == 0) yield break;
                yield return count;
            }
        }
        """);

    [Fact]
    public Task AsyncIteratorYieldsWhileHeld_Flags() => Flags("""
        public async IAsyncEnumerable<int> All()
        {
            await Task.Yield();
            _gate.Enter();
            yield return _count; // MML1019
            _gate.Exit();
        }
        """);

    [Fact]
    public Task EnumeratedUnderTheLock_IsSilent() => Silent("""
        [GuardedBy(nameof(_gate))] public readonly List<int> _items = [];
        public int Sum()
        {
            int sum = 0;
            _gate.Enter();
            foreach (int item in _items) sum += item;
            _gate.Exit();
            return sum;
        }
        """);
}
