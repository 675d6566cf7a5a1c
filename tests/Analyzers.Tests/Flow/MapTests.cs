using System.Collections;
using System.Collections.Generic;
using System.Linq;
using MmLint.Analyzers;

namespace AnalyzerTests.Flow;

/// <summary>A few keys with their values.</summary>
public sealed class MapTests
{
    private static readonly Map<string, string> s_map = Map<string, string>.Empty.SetItem("a", "1").SetItem("b", "2").SetItem("c", "3");

    [Fact]
    public void It_keeps_the_order_in_which_keys_came()
    {
        Assert.Equal("a=1 b=2 c=3", Text(s_map));
        Assert.Equal("a=1 b=9 c=3", Text(s_map.SetItem("b", "9")));
        Assert.Equal("a=1 b=2 c=3 d=4", Text(s_map.SetItem("d", "4")));
        Assert.Equal("a=1 b=2 c=3", Text(s_map));
        Assert.Equal(["a", "b", "c"], s_map.Keys);
        Assert.Equal(["1", "2", "3"], s_map.Values);
    }

    [Fact]
    public void It_finds_what_it_has()
    {
        Assert.Equal("2", s_map["b"]);
        Assert.True(s_map.TryGetValue("c", out string? value));
        Assert.Equal("3", value);
        Assert.True(s_map.ContainsKey("a"));
        Assert.Equal(3, s_map.Count);
        Assert.False(s_map.IsEmpty);
    }

    [Fact]
    public void It_does_not_find_what_it_lacks()
    {
        Assert.Throws<KeyNotFoundException>(static () => s_map["d"]);
        Assert.False(s_map.TryGetValue("d", out string? _));
        Assert.False(s_map.ContainsKey("d"));
        Assert.False(Map<string, string>.Empty.TryGetValue("a", out string? _));
        Assert.True(Map<string, string>.Empty.IsEmpty);
    }

    [Fact]
    public void What_changes_nothing_makes_no_copy()
    {
        Assert.Same(s_map, s_map.SetItem("b", new string('2', 1)));
        Assert.Same(s_map, s_map.Remove("d"));
        Assert.Same(Map<string, string>.Empty, Map<string, string>.Empty.Remove("a"));
        Assert.Same(Map<string, string>.Empty, s_map.Remove("a").Remove("b").Remove("c"));
    }

    [Fact]
    public void Entries_go_one_by_one_or_together()
    {
        Assert.Equal("b=2 c=3", Text(s_map.Remove("a")));
        Assert.Equal("a=1 c=3", Text(s_map.Remove("b")));
        Assert.Equal("a=1 b=2", Text(s_map.Remove("c")));
        Assert.Equal("b=2", Text(s_map.RemoveRange(["c", "x", "a"])));
    }

    [Fact]
    public void Another_map_adds_and_replaces() =>
        Assert.Equal("a=1 b=7 c=3 d=8", Text(s_map.SetItems(Map<string, string>.Empty.SetItem("d", "8").SetItem("b", "7"))));

    [Fact]
    public void Keys_with_one_hash_stay_apart()
    {
        Map<Clash, string> map = Map<Clash, string>.Empty.SetItem(new Clash("a"), "1").SetItem(new Clash("b"), "2");
        Assert.Equal("1", map[new Clash("a")]);
        Assert.Equal("2", map[new Clash("b")]);
        Assert.False(map.ContainsKey(new Clash("c")));
    }

    [Fact]
    public void All_ways_to_enumerate_give_the_same()
    {
        var direct = new List<string>();
        foreach (KeyValuePair<string, string> entry in s_map) direct.Add(entry.Key + entry.Value);
        var plain = new List<string>();
        foreach (object entry in (IEnumerable)s_map) plain.Add(((KeyValuePair<string, string>)entry).Key + ((KeyValuePair<string, string>)entry).Value);
        Assert.Equal(["a1", "b2", "c3"], direct);
        Assert.Equal(direct, plain);
        Assert.Equal(direct, s_map.Select(static entry => entry.Key + entry.Value));
    }

    private static string Text(Map<string, string> map) => string.Join(" ", map.Select(static entry => entry.Key + "=" + entry.Value));

    private sealed record Clash(string Name)
    {
        public override int GetHashCode() => 1;
    }
}
