using Xunit;
using static MmKernel.PageTableEntry;

namespace MmKernel.Tests;

/// <summary>Migration entries keep what their mapping needs when it returns, and are taken for nothing else.</summary>
public sealed class MigrationEntryLayoutTests
{
    private const ulong Frame = 0x12345;

    [Theory]
    [InlineData(None)]
    [InlineData(Accessed)]
    [InlineData(Dirty)]
    [InlineData(SoftDirty)]
    [InlineData(Writable)]
    [InlineData(UffdWriteProtect)]
    [InlineData(Writable | Accessed | Dirty | SoftDirty)]
    public void Bits_survive(ulong bits)
    {
        ulong entry = MigrationEntry.Replacing(Make(Frame, Present | User | NoExecute | bits), isExclusive: true);
        Assert.True(MigrationEntry.IsIn(entry));
        Assert.Equal(Frame, FrameOf(entry));
        Assert.Equal(bits, MigrationEntry.BitsOf(entry));
    }

    [Theory]
    [InlineData(Writable, true, nameof(MigrationAccess.Write))]
    [InlineData(Writable, false, nameof(MigrationAccess.Write))]
    [InlineData(None, true, nameof(MigrationAccess.ReadExclusive))]
    [InlineData(None, false, nameof(MigrationAccess.Read))]
    public void Access_is_what_the_mapping_allowed(ulong bits, bool isExclusive, string access) =>
        Assert.Equal(access, MigrationEntry.AccessOf(MigrationEntry.Replacing(Make(Frame, Present | bits), isExclusive)).ToString());

    [Fact]
    public void Protecting_takes_writing_away_and_keeps_the_page_the_mappings_own()
    {
        ulong entry = MigrationEntry.Replacing(Make(Frame, Present | Writable | Dirty), isExclusive: true);
        Assert.Equal(MigrationAccess.ReadExclusive, MigrationEntry.AccessOf(MigrationEntry.WriteProtected(entry, isAnonymous: true)));
        Assert.Equal(MigrationAccess.Read, MigrationEntry.AccessOf(MigrationEntry.WriteProtected(entry, isAnonymous: false)));
        Assert.Equal(MigrationAccess.Read, MigrationEntry.AccessOf(MigrationEntry.Shared(entry)));
        Assert.Equal(Dirty, MigrationEntry.BitsOf(MigrationEntry.Shared(entry)));
    }

    [Fact]
    public void Nothing_else_is_one()
    {
        ulong migrating = MigrationEntry.Replacing(Make(Frame, Present), isExclusive: false);
        Assert.False(SwapEntry.IsIn(migrating));
        Assert.False(IsNoneMostly(migrating));
        Assert.False(IsPresent(migrating));
        Assert.All([None, Guard, UffdMarker, Poison, Make(Frame, Present), new SwapEntry(SwapEntry.MaxTypes - 1, 5).ToEntry()], entry => Assert.False(MigrationEntry.IsIn(entry)));
    }
}
