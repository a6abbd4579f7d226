"""XPlanGML: plans of spatial planning in Germany, versions 4.1 to 6.1, from their documents to rows."""
