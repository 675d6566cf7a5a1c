namespace RmapWalkUnlocked;

/// <summary>Callers of the walk, wrong and right.</summary>
public static class PageIdle
{
    // Locks only file and KSM folios, as page idle tracking did for years.
    [MustHold("folio.Ref")]
    public static void ClearReferences(Folio folio)
    {
        bool needLock = !folio.IsAnonymous || folio.IsKsm;
        if (needLock && !folio.TryLock())
            return;
        Rmap.Walk(folio);
        if (needLock)
            folio.Unlock();
    }

    // Walks first and asks later.
    [MustHold("folio.Ref")]
    public static int CountMappings(Folio folio)
    {
        int mappings = Rmap.Walk(folio);
        return folio.IsKsm ? 0 : mappings;
    }

    // Right: locked by the caller or here, and given back only if taken here.
    [MustHold("folio", When = "isLocked"), MustHold("folio.Ref", When = "!isLocked")]
    public static int Referenced(Folio folio, bool isLocked)
    {
        bool weLocked = false;
        if (!isLocked && !(weLocked = folio.TryLock()))
            return 1;
        int references = Rmap.Walk(folio);
        if (weLocked)
            folio.Unlock();
        return references;
    }
}
