namespace RmapWalkUnlocked;

/// <summary>Every folio is locked for the walk, whatever its kind.</summary>
public static class PageIdle
{
    [MustHold("folio.Ref")]
    public static void ClearReferences(Folio folio)
    {
        if (!folio.TryLock())
            return;
        Rmap.Walk(folio);
        folio.Unlock();
    }

    [MustHold("folio.Ref")]
    public static int CountMappings(Folio folio)
    {
        if (!folio.TryLock())
            return 0;
        try
        {
            int mappings = Rmap.Walk(folio);
            return folio.IsKsm ? 0 : mappings;
        }
        finally
        {
            folio.Unlock();
        }
    }
}
