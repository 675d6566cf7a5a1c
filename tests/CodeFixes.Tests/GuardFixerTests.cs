using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>A lock under which a field is accessed nearly everywhere is written on the field.</summary>
public sealed class GuardFixerTests
{
    [Fact]
    public async Task Lock_is_written_on_the_field_and_the_odd_place_is_judged_by_it() => await Verify.Fix(
        Subject("// How many.\n    private int _count;", "MML1021"), Subject("// How many.\n    [GuardedBy(nameof(_gate))]\n    private int _count;", "MML1008"), "GuardFixer");

    [Fact]
    public async Task Several_fields_of_one_declaration_offer_nothing() => await Verify.OffersNo("GuardFixer", Subject("private int _count, _other;", "MML1021"));

    [Fact]
    public async Task Comment_of_the_field_stays_above() => await Verify.Fix(
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

    private static string Subject(string field, string rule) => $$"""
        public sealed class Counter
        {
            private readonly object _gate = new();
            {{field}}

            public void Increment() { lock (_gate) _count++; }
            public void Decrement() { lock (_gate) _count--; }
            public void Clear() { lock (_gate) _count = 0; }
            public int Double() { lock (_gate) return _count * 2; }
            public int Peek() => {|{{rule}}:_count|};
        }
        """;
}
