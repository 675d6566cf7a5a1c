namespace System.Runtime.CompilerServices;

/// <summary>Lets this target framework compile <c>init</c> accessors.</summary>
internal static class IsExternalInit;
