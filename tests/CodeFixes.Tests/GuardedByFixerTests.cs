using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>A guard that nobody wrote down is written down; that the odd place is then found is expected.</summary>
public sealed class GuardedByFixerTests
{
    [Fact]
    public async Task Guard_of_a_field() => await Verify.Fix(
        """
        public sealed class Visits
        {
            private readonly object _gate = new();

            /// <summary>How many.</summary>
            private int _count;

            public void Add() { lock (_gate) _count++; }
            public void Remove() { lock (_gate) _count--; }
            public int Get() { lock (_gate) return _count; }
            public int Peek() => {|MML1021:_count|};
        }
        """,
        """
        public sealed class Visits
        {
            private readonly object _gate = new();

            /// <summary>How many.</summary>
            [GuardedBy(nameof(_gate))]
            private int _count;

            public void Add() { lock (_gate) _count++; }
            public void Remove() { lock (_gate) _count--; }
            public int Get() { lock (_gate) return _count; }
            public int Peek() => {|MML1008:_count|};
        }
        """);
}
